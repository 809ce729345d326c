#include "detect/options.h"

#include <optional>

namespace culvert {
namespace {

void parse_action_order(const ConfigNode& root, DetectOptions& options, Complaints& complaints) {
  const std::vector<std::string> words = root.texts("action-order");
  if (words.empty()) return;
  constexpr std::pair<std::string_view, ActionClass> kWords[] = {{"pass", ActionClass::kPass},
                                                                 {"drop", ActionClass::kDrop},
                                                                 {"reject", ActionClass::kReject},
                                                                 {"alert", ActionClass::kAlert}};
  std::array<ActionClass, 4> order = options.action_order;
  std::uint8_t seen = 0;
  std::size_t count = 0;
  for (const std::string& word : words) {
    for (const auto& [name, action] : kWords) {
      if (name != word || count == order.size()) continue;
      order[count++] = action;
      seen = static_cast<std::uint8_t>(seen | 1u << static_cast<unsigned>(action));
    }
  }
  if (count != 4 || seen != 0xf || words.size() != 4) {
    complaints.error("action-order names each of pass, drop, reject and alert once");
    return;
  }
  options.action_order = order;
}

}  // namespace

DetectOptions parse_detect_options(const ConfigNode& root, Complaints& complaints) {
  DetectOptions options;
  parse_action_order(root, options, complaints);
  options.packet_alert_max = static_cast<std::uint16_t>(
      root.integer("packet-alert-max", options.packet_alert_max, complaints, 1, 65535));
  options.inspection_recursion_limit = static_cast<std::uint32_t>(
      root.integer("detect.inspection-recursion-limit", 3000, complaints, 0, 0xffffffff));
  if (options.inspection_recursion_limit == 0) options.inspection_recursion_limit = 0xffffffff;
  options.stream_transaction_log_limit = static_cast<std::uint32_t>(
      root.integer("detect.stream-tx-log-limit", 4, complaints, 0, 0xffffffff));
  options.guess_applayer_tx = root.boolean("detect.guess-applayer-tx", false, complaints);
  options.pcre_match_limit =
      static_cast<std::uint32_t>(root.integer("pcre.match-limit", 3500, complaints, 1, 0xffffffff));
  options.pcre_match_limit_recursion = static_cast<std::uint32_t>(
      root.integer("pcre.match-limit-recursion", 1500, complaints, 1, 0xffffffff));
  options.geoip_database = root.text("geoip-database");
  if (root.boolean("detect.sgh-mpm-caching", false, complaints)) {
    options.matcher_cache = root.text("detect.sgh-mpm-caching-path", "/var/lib/suricata/cache/sgh");
  }
  options.matcher_cache_max_age = std::chrono::duration_cast<std::chrono::seconds>(
      root.duration("detect.sgh-mpm-caching-max-age", std::chrono::hours(7 * 24), complaints));
  options.prefilter_auto = root.text("detect.prefilter.default") == "auto";
  return options;
}

}  // namespace culvert
