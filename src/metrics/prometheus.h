// Counters as Prometheus reads them: the text exposition format, version 0.0.4.
//
//   # HELP culvert_decoder_pkts_total packets decoded
//   # TYPE culvert_decoder_pkts_total counter
//   culvert_decoder_pkts_total{worker="0"} 1042
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/counter.h"

namespace culvert {

inline constexpr std::string_view kPrometheusContentType = "text/plain; version=0.0.4";

/// "decoder.pkts" to "culvert_decoder_pkts_total"; gauges and maxima have no "_total".
std::string prometheus_name(std::string_view name, CounterKind kind);

/// All counters of all workers, each metric once with a line a worker, labelled with the worker's
/// number. Counters of one name within a worker are added up (the greatest, for maxima).
void append_prometheus(std::span<const std::vector<NamedCounter>* const> workers, std::string& out);

/// One metric that belongs to no worker.
void append_prometheus(std::string_view name, std::string_view help, CounterKind kind,
                       std::uint64_t value, std::string& out);

}  // namespace culvert
