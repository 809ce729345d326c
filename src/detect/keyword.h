// What a keyword is: at compile time a function that reads its argument and adds to the rule under
// construction; at run time a small immutable object that is asked whether it matches.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "app/app_proto.h"
#include "app/buffer.h"
#include "app/transaction.h"
#include "base/result.h"
#include "flow/flow.h"
#include "packet/packet.h"

namespace culvert {

struct ProtocolSpec;
class DetectState;  // detect/: the worker's own (variables, scratch), for keywords of this layer

/// What a keyword may look at. On the stack of the worker; valid during the call.
struct MatchContext {
  const Packet* packet = nullptr;  ///< null at the end of a flow
  Flow* flow = nullptr;            ///< null for packets without a flow
  Transaction* transaction = nullptr;
  Direction direction = Direction::kToServer;
  Timestamp time{};
  DetectState* state = nullptr;
};

/// A compiled keyword of one rule. Immutable, shared by all workers.
class Keyword {
 public:
  virtual ~Keyword() = default;
  [[nodiscard]] virtual bool match(const MatchContext& context) const noexcept = 0;
};

/// Where in the life of a packet a keyword is asked.
struct TransactionHook {
  AppProto proto = AppProto::kUnknown;
  BufferSide to_server;  ///< in which directions, and from which progress on
  BufferSide to_client;
  /// Of transactions with files, of any protocol: when and where says ProtocolSpec::files.
  bool of_files = false;

  const BufferSide& side(Direction direction, const ProtocolSpec& spec) const;
};

/// The rule under construction, as keywords see it. Options arrive in the rule's order.
class RuleBuilder {
 public:
  virtual ~RuleBuilder() = default;

  /// Asked for each packet that the rule's header covers.
  virtual void add_packet_match(std::unique_ptr<const Keyword> keyword) = 0;
  /// Asked for transactions.
  virtual Result<void> add_transaction_match(const TransactionHook& hook,
                                             std::unique_ptr<const Keyword> keyword) = 0;
  /// Runs when all else has matched (flowbits:set and the like); its answer is not looked at.
  virtual void add_post_match(std::unique_ptr<const Keyword> keyword) = 0;

  /// The rule only applies to this protocol; an error when it already needs another.
  virtual Result<void> require_protocol(AppProto proto) = 0;
  /// Sticky buffer: the content, pcre, byte_* ... that follow look there.
  virtual Result<void> select_buffer(const BufferSpec& buffer) = 0;
  /// Puts a content of fixed bytes into a buffer without selecting it, as legacy keywords such as
  /// `tls.fingerprint:"aa:bb"` do. Exact: the buffer is no longer than that.
  virtual Result<void> add_buffer_content(const BufferSpec& buffer, Bytes bytes, bool nocase,
                                          bool negated, bool exact) = 0;
  /// Directions left by `flow:` so far; nothing when both are open.
  virtual std::optional<Direction> direction() const = 0;
  /// Restricts the rule to one direction, as keywords that exist in one only do.
  virtual Result<void> require_direction(Direction direction) = 0;
};

enum class KeywordArgument : std::uint8_t { kNone, kOptional, kRequired };

/// A line of the keyword list.
struct KeywordSpec {
  std::string_view name;
  std::string_view help;  ///< one line, for --list-keywords and docs/keywords
  KeywordArgument argument = KeywordArgument::kRequired;
  /// `argument`: the value as written, without the outer white space; quotes are still there.
  Result<void> (*compile)(RuleBuilder& rule, std::string_view argument) = nullptr;
  std::string_view alias = {};
  bool can_negate = false;  ///< `name:!value`; the "!" then stays in the argument
  bool can_quote = false;   ///< `name:"value"`; the quotes then stay in the argument
};

}  // namespace culvert
