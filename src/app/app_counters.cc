#include "app/app_counters.h"

#include <utility>

namespace culvert {

AppCounters::AppCounters(const AppConfig& config) {
  name("app_layer.flow.failed_tcp", "TCP flows of which no protocol was recognised", failed_tcp);
  name("app_layer.flow.failed_udp", "UDP flows of which no protocol was recognised", failed_udp);
  name("app_layer.error.failed_tcp.gap", "TCP flows with a gap before the protocol was recognised",
       failed_tcp_gap);
  name("app_layer.expectations", "flows expected for what another flow announced, now",
       expectations);
  named_.back().kind = CounterKind::kGauge;
  name("app_layer.frames_dropped", "frames left out: a flow had too many to be looked at",
       frames_dropped);
  for (const std::uint8_t ip_proto : {std::uint8_t{6}, std::uint8_t{17}}) {
    for (const auto& protocol : config.protocols()) {
      if (!protocol->detects(ip_proto)) continue;
      std::string what(name_of(protocol->spec->proto));
      if (protocol->over_both()) what += ip_proto == 17 ? "_udp" : "_tcp";
      const OfProtocol& counters = of(protocol->spec->proto, ip_proto);
      name("app_layer.flow." + what, "flows that speak " + what, counters.flows);
      if (!protocol->parses(ip_proto)) continue;
      name("app_layer.tx." + what, "transactions of " + what, counters.transactions);
      const std::string error = "app_layer.error." + what;
      if (ip_proto == 6) {
        name(error + ".gap", "flows given up for a gap", counters.error_gap);
      }
      name(error + ".alloc", "flows given up for want of memory", counters.error_alloc);
      name(error + ".parser", "flows given up as malformed", counters.error_parser);
      name(error + ".internal", "flows given up for an error of ours", counters.error_internal);
    }
  }
}

void AppCounters::name(std::string name, std::string help, const Counter& counter) {
  texts_.push_back(std::move(name));
  const std::string_view name_view = texts_.back();
  texts_.push_back(std::move(help));
  named_.push_back({name_view, texts_.back(), CounterKind::kCounter, &counter});
}

}  // namespace culvert
