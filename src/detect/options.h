// Options of detection, read from the configuration: `detect:`, `action-order`, `packet-alert-max`,
// `threshold-file` and the rest that rules depend on.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "config/config_node.h"
#include "detect/firewall_options.h"

namespace culvert {

/// Kinds of action in the order of evaluation.
enum class ActionClass : std::uint8_t { kPass, kDrop, kReject, kAlert };

struct DetectOptions {
  std::array<ActionClass, 4> action_order{ActionClass::kPass, ActionClass::kDrop,
                                          ActionClass::kReject, ActionClass::kAlert};
  std::uint16_t packet_alert_max = 15;
  std::uint32_t inspection_recursion_limit = 3000;
  std::uint32_t stream_transaction_log_limit = 4;  ///< `detect.stream-tx-log-limit`
  bool guess_applayer_tx = false;                  ///< `detect.guess-applayer-tx`
  bool inline_mode = false;       ///< drop rules drop: set by the engine, not read from here
  FirewallOptions firewall;       ///< set by the engine, as it needs the list of protocols
  bool encryption_bypass = false; ///< `app-layer.protocols.tls.encryption-handling: bypass`
  std::uint32_t pcre_match_limit = 3500;
  std::uint32_t pcre_match_limit_recursion = 1500;
  std::string geoip_database;     ///< `geoip-database`
  bool prefilter_auto = false;    ///< `detect.prefilter.default: auto`
  /// `detect.sgh-mpm-caching-path`, empty unless `sgh-mpm-caching`; `sgh-mpm-caching-max-age`.
  std::string matcher_cache;
  std::chrono::seconds matcher_cache_max_age{0};
  std::uint64_t flow_states = 65536;  ///< most flows with detection state at a time, a worker
};

DetectOptions parse_detect_options(const ConfigNode& root, Complaints& complaints);

}  // namespace culvert
