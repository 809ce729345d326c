#include "match/multi_pattern_matcher.h"

#include <algorithm>
#include <unordered_set>

#include "match/ascii_case.h"
#include "match/byte_frequency.h"
#include "match/ordinary_traffic.h"

namespace culvert {
namespace {

/// As many patterns are looked for one by one, sixteen places at a time, before a table pays.
constexpr std::size_t kFewPatterns = 8;

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// Windows that all traffic has.
const std::unordered_set<std::uint32_t>& ordinary_windows() {
  static const auto kWindows = [] {
    std::unordered_set<std::uint32_t> windows;
    for (std::size_t i = 0; i + 4 <= kOrdinaryTraffic.size(); ++i) {
      windows.insert(WindowMatcher::key_of(bytes_of(kOrdinaryTraffic) + i, 4));
    }
    return windows;
  }();
  return kWindows;
}

/// Chooses for each pattern the window that is rarest in traffic and shared by the fewest patterns.
class WindowChooser {
 public:
  explicit WindowChooser(std::size_t width) : width_(width) {}

  WindowMatcher::Window choose(std::string_view pattern, std::uint32_t number) {
    WindowMatcher::Window best;
    int least = 0;
    for (std::size_t at = 0; at + width_ <= pattern.size(); ++at) {
      const std::uint32_t key = WindowMatcher::key_of(bytes_of(pattern) + at, width_);
      int cost = 0;
      for (std::size_t i = at; i < at + width_; ++i) {
        cost += byte_commonness(static_cast<std::uint8_t>(pattern[i]), true);
      }
      if (width_ == 4 && ordinary_windows().contains(key)) cost += kOrdinaryCost;
      if (const auto shared = shares_.find(key); shared != shares_.end())
        cost += kShareCost * shared->second;
      if (at != 0 && cost >= least) continue;
      least = cost;
      best = {key, number, static_cast<std::uint32_t>(at)};
    }
    ++shares_[best.key];
    return best;
  }

 private:
  static constexpr int kOrdinaryCost = 200, kShareCost = 20;
  const std::size_t width_;
  std::unordered_map<std::uint32_t, int> shares_;
};

}  // namespace

PatternId PatternSet::add(std::string_view bytes, bool nocase) {
  BytePattern pattern{nocase ? ascii_lower(bytes) : std::string(bytes), nocase,
                      static_cast<PatternId>(patterns_.size())};
  if (pattern.bytes.size() > MultiPatternMatcher::kMaxPatternSize)
    pattern.bytes.resize(MultiPatternMatcher::kMaxPatternSize);
  const auto [entry, is_new] = ids_.try_emplace((nocase ? 'i' : 's') + pattern.bytes, pattern.id);
  if (is_new) patterns_.push_back(std::move(pattern));
  return entry->second;
}

void MatchScratch::prepare(const MultiPatternMatcher& matcher) {
  const std::size_t patterns = matcher.patterns_.size();
  if (found_.size() < (patterns + 63) / 64) found_.resize((patterns + 63) / 64);
  reported_.reserve(patterns);
}

MultiPatternMatcher::MultiPatternMatcher(const PatternSet& set) : size_(set.size()) {
  std::vector<const BytePattern*> of_width[WindowMatcher::kWidest + 1];
  for (const BytePattern& pattern : set.patterns()) {
    shortest_ = std::min(shortest_, pattern.bytes.size());
    of_width[std::min(pattern.bytes.size(), WindowMatcher::kWidest)].push_back(&pattern);
  }
  for (std::size_t width = WindowMatcher::kWidest; width > 0; --width) {
    const auto& patterns = of_width[width];
    if (width == 1 || patterns.size() <= kFewPatterns) {
      for (const BytePattern* const pattern : patterns) {
        singles_.push_back({SinglePatternMatcher(pattern->bytes, pattern->nocase), pattern->id});
      }
      continue;
    }
    WindowChooser chooser(width);
    std::vector<WindowMatcher::Window> windows;
    for (const BytePattern* const pattern : patterns) {
      windows.push_back(
          chooser.choose(pattern->bytes, static_cast<std::uint32_t>(patterns_.size())));
      patterns_.push_back({static_cast<std::uint32_t>(bytes_.size()),
                           static_cast<std::uint8_t>(pattern->bytes.size()), pattern->nocase,
                           pattern->id});
      bytes_ += pattern->bytes;
    }
    by_window_.emplace_back(std::move(windows), width);
  }
}

std::size_t MultiPatternMatcher::memory_bytes() const {
  std::size_t size = singles_.capacity() * sizeof(Single) + patterns_.capacity() * sizeof(Pattern) +
                     bytes_.capacity();
  for (const WindowMatcher& each : by_window_) size += each.memory_bytes();
  return size;
}

}  // namespace culvert
