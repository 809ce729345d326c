#include "eve/stats_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>
#include <unordered_map>

namespace culvert {
namespace {

/// A tree of dotted names, in the order in which they came.
struct Node {
  std::string_view name;
  std::vector<Node> children;
  std::uint64_t value = 0, last = 0;
  bool has_value = false;

  Node& child(std::string_view part) {
    for (Node& node : children) {
      if (node.name == part) return node;
    }
    children.push_back({part, {}, 0, 0, false});
    return children.back();
  }
  Node& at(std::string_view path) {
    Node* node = this;
    for (;;) {
      const std::size_t dot = path.find('.');
      node = &node->child(path.substr(0, dot));
      if (dot == path.npos) return *node;
      path.remove_prefix(dot + 1);
    }
  }
};

void write_children(const Node& node, bool deltas, JsonWriter& json) {
  for (const Node& child : node.children) {
    if (child.has_value) {
      json.field(child.name, child.value);
      if (deltas) {
        json.field(std::string(child.name) + "_delta",
                   static_cast<std::int64_t>(child.value - child.last));
      }
    }
    if (child.children.empty()) continue;
    json.begin_object(child.name);
    write_children(child, deltas, json);
    json.end_object();
  }
}

/// Values made of others.
struct Quotient {
  std::string_view name, numerator, denominator, help;
};
constexpr Quotient kQuotients[] = {
    {"decoder.avg_pkt_size", "decoder.bytes", "decoder.pkts", "average packet, bytes"},
};

}  // namespace

std::vector<CounterTotal> total_counters(std::span<const ThreadCounters> threads) {
  std::vector<CounterTotal> totals;
  std::unordered_map<std::string_view, std::size_t> place;
  for (const ThreadCounters& thread : threads) {
    for (const NamedCounter& counter : thread.counters) {
      const std::uint64_t value = counter.counter->value();
      const auto [entry, is_new] = place.try_emplace(counter.name, totals.size());
      if (is_new) {
        totals.push_back({counter.name, counter.help, counter.kind, value});
      } else if (counter.kind == CounterKind::kMaximum) {
        totals[entry->second].value = std::max(totals[entry->second].value, value);
      } else {
        totals[entry->second].value += value;
      }
    }
  }
  for (const Quotient& quotient : kQuotients) {
    const auto numerator = place.find(quotient.numerator);
    const auto denominator = place.find(quotient.denominator);
    if (numerator == place.end() || denominator == place.end()) continue;
    const std::uint64_t count = totals[denominator->second].value;
    totals.push_back({quotient.name, quotient.help, CounterKind::kGauge,
                      count == 0 ? 0 : totals[numerator->second].value / count});
  }
  return totals;
}

std::uint64_t StatsLog::last_value(std::string_view name) const {
  const auto found = std::lower_bound(
      last_.begin(), last_.end(), name,
      [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  return found != last_.end() && found->first == name ? found->second : 0;
}

void StatsLog::write(Timestamp now, std::chrono::seconds uptime,
                     std::span<const ThreadCounters> threads) {
  const std::vector<CounterTotal> totals = total_counters(threads);
  for (const EveOutput& output : config_.eve()) {
    if (output.wants_type(EveType::kStats)) write_eve(output, now, uptime, threads, totals);
  }
  for (const TextOutput& output : config_.stats()) {
    write_table(output, now, uptime, threads, totals);
  }
  last_.clear();
  for (const CounterTotal& total : totals) last_.emplace_back(total.name, total.value);
  std::sort(last_.begin(), last_.end());
}

void StatsLog::write_eve(const EveOutput& output, Timestamp now, std::chrono::seconds uptime,
                         std::span<const ThreadCounters> threads,
                         std::span<const CounterTotal> totals) {
  const StatsOptions& options = output.stats;
  const auto fill = [&](Node& root, const auto& counter, std::uint64_t value) {
    if (value == 0 && !options.null_values) return;
    Node& node = root.at(counter.name);
    node.value = value;
    node.last = last_value(counter.name);
    node.has_value = true;
  };
  json_.clear();
  json_.begin_object();
  json_.field_time("timestamp", now);
  if (!config_.sensor_name().empty()) json_.field("host", config_.sensor_name());
  json_.field("event_type", "stats");
  json_.begin_object("stats");
  json_.field("uptime", uptime.count());
  if (options.totals) {
    Node root;
    for (const CounterTotal& total : totals) fill(root, total, total.value);
    write_children(root, options.deltas, json_);
  }
  if (options.threads) {
    json_.begin_object("threads");
    for (const ThreadCounters& thread : threads) {
      Node root;
      for (const NamedCounter& counter : thread.counters) {
        fill(root, counter, counter.counter->value());
      }
      json_.begin_object(thread.name);
      write_children(root, false, json_);
      json_.end_object();
    }
    json_.end_object();
  }
  json_.end_object();
  json_.end_object();
  output_.write(output.sink, json_.text());
}

void StatsLog::write_table(const TextOutput& output, Timestamp now, std::chrono::seconds uptime,
                           std::span<const ThreadCounters> threads,
                           std::span<const CounterTotal> totals) {
  const std::string line(99, '-');
  const std::time_t seconds = whole_seconds(now);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  const auto up = uptime.count();
  std::string text = fmt::format(
      "{0}\nDate: {1:%m/%d/%Y -- %H:%M:%S} (uptime: {2}d, {3:02}h {4:02}m {5:02}s)\n{0}\n"
      "{6:<60} | {7:<25} | {8}\n{0}\n",
      line, local, up / 86400, up / 3600 % 24, up / 60 % 60, up % 60, "Counter", "TM Name",
      "Value");
  const auto row = [&](std::string_view name, std::string_view thread, std::uint64_t value) {
    if (value == 0 && !output.stats.null_values) return;
    fmt::format_to(std::back_inserter(text), "{:<60} | {:<25} | {}\n", name, thread, value);
  };
  if (output.stats.totals) {
    for (const CounterTotal& total : totals) row(total.name, "Total", total.value);
  }
  if (output.stats.threads) {
    for (const ThreadCounters& thread : threads) {
      for (const NamedCounter& counter : thread.counters) {
        row(counter.name, thread.name, counter.counter->value());
      }
    }
  }
  text.pop_back();  // write() ends it
  output_.write(output.sink, text);
}

}  // namespace culvert
