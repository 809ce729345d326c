#include "metrics/prometheus.h"

#include <algorithm>
#include <unordered_map>

namespace culvert {
namespace {

/// A metric and its values by worker.
struct Metric {
  std::string_view name;
  std::string_view help;
  CounterKind kind;
  std::vector<std::uint64_t> values;
  std::vector<bool> present;
};

std::vector<Metric> collect(std::span<const std::vector<NamedCounter>* const> workers) {
  std::vector<Metric> metrics;
  std::unordered_map<std::string_view, std::size_t> index;
  for (std::size_t worker = 0; worker < workers.size(); ++worker) {
    for (const NamedCounter& counter : *workers[worker]) {
      const auto [entry, is_new] = index.try_emplace(counter.name, metrics.size());
      if (is_new) {
        metrics.push_back({counter.name, counter.help, counter.kind, {}, {}});
        metrics.back().values.resize(workers.size());
        metrics.back().present.resize(workers.size());
      }
      Metric& metric = metrics[entry->second];
      std::uint64_t& value = metric.values[worker];
      const std::uint64_t now = counter.counter->value();
      value = counter.kind == CounterKind::kMaximum ? std::max(value, now) : value + now;
      metric.present[worker] = true;
    }
  }
  return metrics;
}

void append_head(std::string_view name, std::string_view help, CounterKind kind, std::string& out) {
  out.append("# HELP ").append(name).append(" ");
  for (const char c : help) {  // the two characters that end or change a help line
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  out.append("\n# TYPE ").append(name);
  out.append(kind == CounterKind::kCounter ? " counter\n" : " gauge\n");
}

}  // namespace

std::string prometheus_name(std::string_view name, CounterKind kind) {
  std::string out = "culvert_";
  for (const char c : name) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += allowed ? c : '_';
  }
  if (kind == CounterKind::kCounter) out += "_total";
  return out;
}

void append_prometheus(std::span<const std::vector<NamedCounter>* const> workers,
                       std::string& out) {
  for (const Metric& metric : collect(workers)) {
    const std::string name = prometheus_name(metric.name, metric.kind);
    append_head(name, metric.help, metric.kind, out);
    for (std::size_t worker = 0; worker < metric.values.size(); ++worker) {
      if (!metric.present[worker]) continue;
      out.append(name).append("{worker=\"").append(std::to_string(worker)).append("\"} ");
      out.append(std::to_string(metric.values[worker])).append("\n");
    }
  }
}

void append_prometheus(std::string_view name, std::string_view help, CounterKind kind,
                       std::uint64_t value, std::string& out) {
  const std::string full_name = prometheus_name(name, kind);
  append_head(full_name, help, kind, out);
  out.append(full_name).append(" ").append(std::to_string(value)).append("\n");
}

}  // namespace culvert
