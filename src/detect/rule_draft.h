// A rule while its options are being read. Keywords of protocols see it as a RuleBuilder; those of
// this layer see all of it (draft_of).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/alert.h"
#include "detect/file_test.h"
#include "detect/inspect.h"
#include "detect/inspect_item.h"
#include "detect/keyword.h"
#include "detect/rule_set.h"
#include "detect/threshold_spec.h"
#include "detect/transform.h"
#include "detect/variables.h"
#include "match/regex_store.h"
#include "rule/ast.h"
#include "rule/set_cache.h"

namespace culvert {

class DatasetStore;
class Reputation;

/// A part of a packet that rules look into: `tcp.hdr`, `udp.hdr`, `ipv4.hdr` ...
struct PacketBuffer {
  std::string_view name;
  /// Nothing: the packet has none.
  std::optional<Bytes> (*get)(const Packet& packet) = nullptr;
};

/// One protocol's version of a buffer: `http.uri` has two, `file.data` one for each that has files.
struct BufferOfProtocol {
  const ProtocolSpec* protocol;
  const BufferSpec* buffer;
  BufferSide to_server, to_client;

  const BufferSide& side(Direction direction) const {
    return direction == Direction::kToServer ? to_server : to_client;
  }
};

/// What all drafts of a rule set share. Compile time only.
class RuleCatalog {
 public:
  explicit RuleCatalog(const RuleEnvironment& environment);

  const RuleEnvironment& environment;
  VariableNames names;
  SetCache sets;
  RegexStore regexes;
  std::shared_ptr<const Reputation> reputation;  ///< null: there is none
  /// Of the engine, or where there is none, of this rule set.
  DatasetStore& datasets();
  std::uint32_t tags = 0;  ///< `tag` keywords so far

  const KeywordSpec* find_keyword(std::string_view name) const;
  /// Buffers by the name of the sticky keyword, or its old spelling; empty when unknown.
  const std::vector<BufferOfProtocol>& find_buffers(std::string_view name) const;
  const ProtocolSpec* find_protocol(AppProto proto) const;

 private:
  std::shared_ptr<DetectShared> own_shared_;
  std::unordered_map<std::string_view, const KeywordSpec*> keywords_;  ///< names are the specs' own
  std::map<std::string, std::vector<BufferOfProtocol>, std::less<>> buffers_;
};

/// A set of AppProto.
using ProtoSet = std::uint64_t;
constexpr ProtoSet kAllProtos = ~ProtoSet{0};
constexpr ProtoSet proto_bit(AppProto proto) { return ProtoSet{1} << static_cast<unsigned>(proto); }
/// All that `wanted` covers (http covers http1 and http2).
ProtoSet protos_covered_by(AppProto wanted);

struct Base64DecodeItem;

/// One buffer of a rule, and what is looked for in it.
struct DraftBuffer {
  enum class Kind : std::uint8_t { kPayload, kPacketBuffer, kTransaction, kBase64, kFrame };
  Kind kind = Kind::kPayload;
  std::string name;                              ///< of transaction buffers and frames
  const std::vector<BufferOfProtocol>* protocols = nullptr;
  const PacketBuffer* packet_buffer = nullptr;
  AppProto frame_proto = AppProto::kUnknown;     ///< of kFrame
  std::uint8_t frame_type = 0;
  Base64DecodeItem* base64 = nullptr;            ///< of kBase64: whose result this is
  std::vector<std::shared_ptr<const Transform>> transforms;
  std::optional<Direction> direction;            ///< of `=>` rules
  enum class Absent : std::uint8_t { kNo, kOnly, kOrElse } absent = Absent::kNo;  ///< `absent`
  InspectChain chain;
};

/// What `flow:` asks for. All bits must hold; to_server and to_client are in RuleDraft::direction.
struct FlowRequirements {
  bool established = false, not_established = false, stateless = false;
  bool only_stream = false, no_stream = false;
  bool only_frag = false, no_frag = false;
};

struct DraftTransactionMatch {
  TransactionHook hook;
  std::unique_ptr<const Keyword> keyword;
  std::optional<Direction> direction;
  std::string_view name = {};  ///< of the keyword in the list, for reports
};

class RuleDraft final : public RuleBuilder {
 public:
  RuleDraft(const RuleAst& ast, RuleCatalog& catalog);

  const RuleAst& ast;
  RuleCatalog& catalog;
  RuleMeta meta;

  // --- filled by keywords ---
  std::vector<DraftBuffer> buffers;
  std::vector<std::unique_ptr<const Keyword>> packet_matches;
  std::vector<DraftTransactionMatch> transaction_matches;
  std::vector<std::unique_ptr<const Keyword>> post_matches;
  FlowRequirements flow;
  std::optional<Direction> wanted_direction;
  bool has_flow_keyword = false;
  ProtoSet protos = kAllProtos;
  bool needs_app_layer = false;       ///< a protocol in the header, or a keyword of one
  std::optional<ThresholdSpec> threshold, detection_filter;
  bool has_sid = false, has_priority = false, has_classtype = false, is_noalert = false;
  bool wants_bypass = false;
  bool has_dsize = false;
  std::int64_t dsize_max = -1;         ///< most payload bytes that dsize lets through; -1: any
  bool needs_packet = false;           ///< looks at packet headers: not for reassembled streams
  bool looks_at_flow_only = true;      ///< packet matches that hold for all packets of the flow
  bool is_decoder_event = false;
  std::size_t app_proto_matches = 0;   ///< packet matches that are `app-layer-protocol`
  FileNeeds file_needs;               ///< of keywords that are no buffers
  std::shared_ptr<FileTests> file_tests;  ///< null: there are none yet
  std::size_t ip_proto_matches = 0;    ///< packet matches that are `ip_proto`
  std::size_t ip_only_posts = 0;       ///< the same of what runs when all has matched
  std::size_t ip_only_matches = 0;     ///< others that leave a rule on addresses alone one of those
  bool wants_packet_too = false;       ///< stream rules that look at each packet as well
  bool wants_prefilter = false;
  bool writes_flowbits = false, reads_flowbits = false;  ///< for the order of rules
  bool writes_hostbits = false, reads_hostbits = false, reads_pairbits = false;
  bool wants_alert = false;            ///< `alert`: also where the action makes none
  bool has_header_protocol = false;   ///< an application protocol, as in `alert dns`
  bool has_negated_address = false;
  std::vector<TransactionHook> hooks; ///< `dns:request_complete`
  bool disables_tracking = false;     ///< `config: tracking disable`
  std::vector<std::string> warnings;  ///< what is odd about it, but no reason to refuse it
  std::string skip_reason;             ///< `requires` is not satisfied: left out without complaint
  std::optional<Direction> side;       ///< of `=>` rules: what follows is about that direction
  std::uint32_t option_offset = 0;     ///< of the option being compiled
  std::string_view option_name;        ///< its keyword's, in the list

  // --- for keywords ---
  /// Adds a step to the current buffer.
  Result<void> add_item(std::unique_ptr<InspectItem> item);
  Result<void> add_transform(std::shared_ptr<const Transform> transform);
  Result<void> select_packet_buffer(const PacketBuffer& buffer);
  /// `frame:tls.pdu`, or in a rule of TLS `frame:pdu`.
  Result<void> select_frame(std::string_view name);
  Result<void> select_buffer_named(std::string_view name);
  /// `pkt_data`: back to the payload.
  void select_payload();
  /// `base64_data`: the result of the last base64_decode.
  Result<void> select_base64();
  Base64DecodeItem* base64 = nullptr;  ///< the last one; in some buffer
  /// `absent`: about the buffer selected last, in which there is nothing yet.
  Result<void> set_absent(bool or_else);
  /// The content that a modifier without buffer means; null when there is none.
  ContentItem* last_content();
  /// Old style modifiers (`content:"a"; http_uri;`): the last content belongs to another buffer.
  Result<void> move_last_content(std::string_view buffer_name);
  /// The same for a step that says its buffer itself (`pcre:"/a/U"`).
  Result<void> add_item_to(std::string_view buffer_name, std::unique_ptr<InspectItem> item);
  /// The last step of the current buffer, or null.
  InspectItem* last_item();
  /// For what is about something else than the sticky buffer: an error when that one has no match.
  Result<void> leave_buffer() const;
  /// A sticky buffer in which nothing is looked for; empty: there is none.
  std::string_view unused_buffer() const;
  /// byte_extract and byte_math results, by name; -1 when there is none of that name.
  std::int16_t find_variable(std::string_view name) const;
  /// Of several with a name, others see the first, as in the reference.
  Result<std::int16_t> add_variable(std::string_view name);
  /// A number, or the name of a variable.
  Result<NumberOrVariable> number_or_variable(std::string_view text, std::int64_t lowest,
                                              std::int64_t highest) const;

  // --- RuleBuilder ---
  void add_packet_match(std::unique_ptr<const Keyword> keyword) override;
  Result<void> add_transaction_match(const TransactionHook& hook,
                                     std::unique_ptr<const Keyword> keyword) override;
  void add_post_match(std::unique_ptr<const Keyword> keyword) override;
  Result<void> require_protocol(AppProto proto) override;
  Result<void> select_buffer(const BufferSpec& buffer) override;
  Result<void> add_buffer_content(const BufferSpec& buffer, Bytes bytes, bool nocase, bool negated,
                                  bool exact) override;
  std::optional<Direction> direction() const override { return wanted_direction; }
  Result<void> require_direction(Direction direction) override;

  DraftBuffer& current();
  bool in_payload() const;
  /// Whether the current buffer is the one of that name, without transforms.
  bool is_in(std::string_view buffer) const;

 private:
  Result<void> require_protocols(ProtoSet set, std::string_view what);
  DraftBuffer* find_buffer(const DraftBuffer& like);
  void open(DraftBuffer buffer);
  /// A sticky buffer, or transforms after a content, in which nothing is looked for yet.
  bool is_open() const;

  std::size_t current_ = kNone;  ///< index into buffers; kNone: payload, not made yet
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::optional<DraftBuffer> pending_;  ///< selected, nothing in it yet
  ContentItem* last_content_ = nullptr;  ///< in any buffer
  std::size_t last_match_buffer_ = kNone;  ///< that the last content or pcre is in
  bool transforms_follow_content_ = false;  ///< pending_: the current buffer, transformed
  std::string abandoned_;  ///< the first buffer that was left before anything was in it
  std::vector<std::string> variables_;
};

/// For keywords of this layer. REQUIRES: `rule` is a RuleDraft, as it is when rules are compiled.
RuleDraft& draft_of(RuleBuilder& rule);

}  // namespace culvert
