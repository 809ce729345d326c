// Counters: one writer, any readers, no locked instruction. Each module has a struct of them and a
// constexpr table of names and help beside it; the table is the reference (`docs/counters.md`).
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

namespace culvert {

/// A count with one writer, its worker, and any readers: a plain add, no locked instruction.
class Counter {
 public:
  void add(std::uint64_t n = 1) { set(value() + n); }
  void sub(std::uint64_t n = 1) { set(value() - n); }  ///< for gauges
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  void raise_to(std::uint64_t n) {  ///< for maxima
    if (n > value()) set(n);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

enum class CounterKind { kCounter, kGauge, kMaximum };

/// A line of a module's table.
template <class Counters>
struct CounterSpec {
  std::string_view name;  ///< dotted, as in Suricata's stats where it has one: "decoder.pkts"
  std::string_view help;  ///< one line
  Counter Counters::*member;
  CounterKind kind = CounterKind::kCounter;
};

/// A counter of one worker, by name. Views a table's strings and a counters struct that outlive it.
struct NamedCounter {
  std::string_view name;
  std::string_view help;
  CounterKind kind;
  const Counter* counter;
};

/// Appends all counters of one struct; REQUIRES: `counters` outlives `out`.
template <class Counters, class Table>
void append_counters(const Counters& counters, const Table& table, std::vector<NamedCounter>& out) {
  for (const CounterSpec<Counters>& spec : table) {
    out.push_back({spec.name, spec.help, spec.kind, &(counters.*spec.member)});
  }
}

}  // namespace culvert
