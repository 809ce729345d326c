// Sets of numbers as sorted intervals, for addresses and ports.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

namespace culvert {

/// A set of unsigned numbers, kept as disjoint, sorted intervals that do not touch. Look-up is
/// O(log n); union and subtraction O(n log n) in the number of intervals.
template <class T>
class IntervalSet {
 public:
  struct Interval {
    T first, last;  ///< both included
    friend bool operator==(const Interval&, const Interval&) = default;
  };
  static constexpr T kMax = static_cast<T>(~T{0});

  IntervalSet() = default;
  explicit IntervalSet(std::vector<Interval> intervals) : intervals_(std::move(intervals)) {
    normalise();
  }
  static IntervalSet all() { return IntervalSet({{T{0}, kMax}}); }

  bool contains(T value) const {
    const auto after = [](T wanted, const Interval& each) { return wanted < each.first; };
    const auto next = std::upper_bound(intervals_.begin(), intervals_.end(), value, after);
    return next != intervals_.begin() && value <= (next - 1)->last;
  }
  bool empty() const { return intervals_.empty(); }
  bool is_all() const {
    return intervals_.size() == 1 && intervals_[0].first == 0 && intervals_[0].last == kMax;
  }
  const std::vector<Interval>& intervals() const { return intervals_; }

  IntervalSet united(const IntervalSet& other) const {
    std::vector<Interval> both = intervals_;
    both.insert(both.end(), other.intervals_.begin(), other.intervals_.end());
    return IntervalSet(std::move(both));
  }
  IntervalSet complement() const {
    IntervalSet result;
    T next = 0;
    for (const Interval& each : intervals_) {
      if (each.first > next) result.intervals_.push_back({next, static_cast<T>(each.first - 1)});
      if (each.last == kMax) return result;
      next = static_cast<T>(each.last + 1);
    }
    result.intervals_.push_back({next, kMax});
    return result;
  }
  /// What is here and not in `other`.
  IntervalSet without(const IntervalSet& other) const {
    return complement().united(other).complement();
  }

  friend bool operator==(const IntervalSet&, const IntervalSet&) = default;

 private:
  void normalise() {
    std::sort(intervals_.begin(), intervals_.end(),
              [](const Interval& a, const Interval& b) { return a.first < b.first; });
    std::vector<Interval> merged;
    for (const Interval& each : intervals_) {
      const bool touches =
          !merged.empty() && (merged.back().last == kMax || each.first <= merged.back().last ||
                              each.first - merged.back().last == 1);
      if (touches) {
        merged.back().last = std::max(merged.back().last, each.last);
      } else {
        merged.push_back(each);
      }
    }
    merged.shrink_to_fit();
    intervals_ = std::move(merged);
  }

  std::vector<Interval> intervals_;
};

}  // namespace culvert
