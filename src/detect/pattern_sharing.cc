#include "detect/pattern_sharing.h"

#include <algorithm>

#include "base/hash.h"

namespace culvert {
namespace {

/// Smaller sets cost next to nothing.
constexpr std::size_t kFewPatterns = 32;

/// What a union may have more than the smallest of its sets: all are searched wherever one is.
constexpr bool is_close(std::size_t all, std::size_t smallest) {
  return all - smallest <= smallest / 10;
}

/// What a set holds, by hashes in order.
std::vector<std::uint64_t> contents(const PatternSet& set) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(set.size());
  for (const BytePattern& pattern : set.patterns()) {
    hashes.push_back(hash_bytes(as_bytes(std::string_view(pattern.bytes)), pattern.nocase ? 1 : 2));
  }
  std::ranges::sort(hashes);
  return hashes;
}

/// The lists of rules as they are when pattern i is called numbers[i], of `count`.
void renumber(Prefilter& prefilter, const std::vector<PatternId>& numbers, std::size_t count) {
  std::vector<std::span<const std::uint32_t>> lists(count);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    lists[numbers[i]] = prefilter.rules_of(static_cast<std::uint32_t>(i));
  }
  std::vector<std::uint32_t> first{0}, rules;
  first.reserve(count + 1);
  rules.reserve(prefilter.rules.size());
  for (const auto& list : lists) {
    rules.insert(rules.end(), list.begin(), list.end());
    first.push_back(static_cast<std::uint32_t>(rules.size()));
  }
  prefilter.first = std::move(first);
  prefilter.rules = std::move(rules);
}

/// Prefilters that will use one set.
struct Group {
  std::vector<PendingPrefilter*> members;
  std::vector<std::uint64_t> hashes;  ///< of the union
  std::size_t smallest;
};

}  // namespace

void PatternSharing::share(std::vector<PendingPrefilter>& pending) {
  std::vector<PendingPrefilter*> order;
  for (PendingPrefilter& each : pending) {
    if (each.patterns->size() >= kFewPatterns) order.push_back(&each);
  }
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [](const PendingPrefilter* each) { return each->patterns->size(); });
  std::vector<Group> groups;
  for (PendingPrefilter* const each : order) {
    std::vector<std::uint64_t> hashes = contents(*each->patterns);
    bool is_placed = false;
    for (Group& group : groups) {
      if (!is_close(group.hashes.size(), hashes.size())) continue;
      std::vector<std::uint64_t> all;
      std::ranges::set_union(group.hashes, hashes, std::back_inserter(all));
      if (!is_close(all.size(), std::min(group.smallest, hashes.size()))) continue;
      group.members.push_back(each);
      group.smallest = std::min(group.smallest, hashes.size());
      group.hashes = std::move(all);
      is_placed = true;
      break;
    }
    if (!is_placed) groups.push_back({{each}, std::move(hashes), each->patterns->size()});
  }
  for (const Group& group : groups) {
    if (group.members.size() == 1) continue;
    PatternSet& all = unions_.emplace_back();
    std::vector<std::vector<PatternId>> numbers(group.members.size());
    for (std::size_t i = 0; i < group.members.size(); ++i) {
      for (const BytePattern& pattern : group.members[i]->patterns->patterns()) {
        numbers[i].push_back(all.add(pattern.bytes, pattern.nocase));
      }
    }
    for (std::size_t i = 0; i < group.members.size(); ++i) {
      renumber(*group.members[i]->prefilter, numbers[i], all.size());
      group.members[i]->patterns = &all;
    }
  }
}

}  // namespace culvert
