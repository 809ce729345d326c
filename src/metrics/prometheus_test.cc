#include "metrics/prometheus.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

TEST(Prometheus, Names) {
  EXPECT_EQ(prometheus_name("decoder.pkts", CounterKind::kCounter), "culvert_decoder_pkts_total");
  EXPECT_EQ(prometheus_name("flow.mgr.rows-max", CounterKind::kMaximum),
            "culvert_flow_mgr_rows_max");
}

TEST(Prometheus, EachMetricOnceWithALineAWorker) {
  Counter packets[3], memory[2];
  packets[0].add(1000);
  packets[1].add(7);
  packets[2].add(5);
  memory[1].set(4096);
  const std::vector<NamedCounter> first = {
      {"decoder.pkts", "packets \\ decoded", CounterKind::kCounter, &packets[0]},
      {"flow.memuse", "bytes", CounterKind::kGauge, &memory[0]}};
  const std::vector<NamedCounter> second = {
      {"flow.memuse", "bytes", CounterKind::kGauge, &memory[1]},
      {"decoder.pkts", "packets \\ decoded", CounterKind::kCounter, &packets[1]},
      {"decoder.pkts", "packets \\ decoded", CounterKind::kCounter, &packets[2]}};
  const std::vector<NamedCounter>* const workers[] = {&first, &second};
  std::string out;
  append_prometheus(workers, out);
  EXPECT_EQ(out,
            "# HELP culvert_decoder_pkts_total packets \\\\ decoded\n"
            "# TYPE culvert_decoder_pkts_total counter\n"
            "culvert_decoder_pkts_total{worker=\"0\"} 1000\n"
            "culvert_decoder_pkts_total{worker=\"1\"} 12\n"
            "# HELP culvert_flow_memuse bytes\n"
            "# TYPE culvert_flow_memuse gauge\n"
            "culvert_flow_memuse{worker=\"0\"} 0\n"
            "culvert_flow_memuse{worker=\"1\"} 4096\n");
}

TEST(Prometheus, OfNoWorker) {
  std::string out;
  append_prometheus("rules.loaded", "rules in use", CounterKind::kGauge, 12, out);
  EXPECT_EQ(out,
            "# HELP culvert_rules_loaded rules in use\n"
            "# TYPE culvert_rules_loaded gauge\n"
            "culvert_rules_loaded 12\n");
}

}  // namespace
}  // namespace culvert
