// What detection says about a packet: the rules that matched, with what events need to know of them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "packet/packet.h"
#include "packet/verdict.h"

namespace culvert {

struct Frame;
struct Transaction;

/// Which end a rule calls the target of the attack (`target:src_ip`).
enum class RuleTarget : std::uint8_t { kNone, kSource, kDestination };

/// What a rule says about itself. Part of the RuleSet; read-only for all.
struct RuleMeta {
  std::uint32_t sid = 0, gid = 1, rev = 0;
  std::uint32_t priority = 3;          ///< EVE `alert.severity`; 1 is the gravest
  std::string msg;
  std::string classtype;               ///< short name, or empty
  std::string category;                ///< the classtype's description, or empty
  struct Reference {
    std::string system;                ///< "url", "cve"; as in reference.config, lower case
    std::string prefix;                ///< "http://", from reference.config
    std::string content;
  };
  std::vector<Reference> references;
  /// In the rule's order; views `text`. Rules from feeds have ten pairs each.
  std::vector<std::pair<std::string_view, std::string_view>> metadata;
  RuleTarget target = RuleTarget::kNone;
  std::string_view text;               ///< the whole rule, for EVE `alert.rule`
  std::shared_ptr<const std::string> text_owner;  ///< what `text` and `metadata` view
  std::string file;                    ///< where it was read
  std::uint32_t line = 0;
  bool is_firewall = false;            ///< from a firewall rules file, or a default policy
  std::string firewall_hook;           ///< "packet:filter", "tls:client_hello_done", or empty
  std::string firewall_policy;         ///< its actions: "accept:hook,alert"
  // what it does
  Action action = Action::kAccept;     ///< kDrop for drop, kReject for the reject family
  RejectTargets reject = RejectTargets::kNone;
  bool is_pass = false;
  bool is_alert = true;                ///< makes alerts (false for pass, noalert, config)
};

/// What a dataset says about a value: `alert.context`.
struct AlertContext {
  std::string_view key;
  std::string_view json;
};

/// One rule that matched one packet (or flow end).
struct Alert {
  const RuleMeta* rule = nullptr;
  Transaction* transaction = nullptr;  ///< the one that matched, or null; valid until it is released
  std::uint64_t tx_id = 0;
  bool has_tx = false;
  bool stream_match = false;           ///< reassembled bytes matched: EVE payload is the stream's
  bool app_match = false;              ///< the application layer matched
  bool drop_flow = false;              ///< the action covers the rest of the flow
  bool rate_filtered = false;          ///< threshold.config changed the action
  bool passes = false;                 ///< rate_filter made it a pass
  bool logged = true;                  ///< false: matched for its side effects (noalert, pass)
  Direction direction = Direction::kToServer;
  Action action = Action::kAccept;     ///< what it asks for: EVE "blocked" when the packet is dropped
  const Frame* frame = nullptr;        ///< that matched; valid until the next packet
  std::span<const AlertContext> contexts;  ///< of datasets; valid until the next inspection
  /// Firewall mode: which engine the rule belongs to ("fw", "td"); else empty.
  std::string_view engine;
  std::uint8_t stage = 0;              ///< of the inspection: alerts stand in the order of stages
  std::uint32_t rule_number = 0;       ///< position in evaluation order; kNoRule for policies
  static constexpr std::uint32_t kNoRule = ~std::uint32_t{0};
};

}  // namespace culvert
