#include "detect/pattern_sharing.h"

#include <algorithm>
#include <map>

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
  std::vector<std::uint64_t> hashes = {};  ///< of the union
  std::size_t smallest = 0;
};

/// Those that are to share a matcher, and each of the others by itself; large ones first.
std::vector<Group> given_groups(std::vector<PendingPrefilter>& pending) {
  std::vector<Group> groups;
  std::map<unsigned, std::size_t> places;
  for (PendingPrefilter& each : pending) {
    if (each.group == 0) {
      if (each.patterns->size() >= kFewPatterns) groups.emplace_back().members.push_back(&each);
      continue;
    }
    const auto [place, is_new] = places.emplace(each.group, groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].members.push_back(&each);
  }
  for (Group& group : groups) {
    for (const PendingPrefilter* const each : group.members) {
      std::vector<std::uint64_t> all;
      std::ranges::set_union(group.hashes, contents(*each->patterns), std::back_inserter(all));
      group.hashes = std::move(all);
    }
    group.smallest = group.hashes.size();
  }
  std::ranges::stable_sort(groups, std::ranges::greater(),
                           [](const Group& group) { return group.hashes.size(); });
  return groups;
}

/// Whether a group may be searched for along with another; `all`: the union of both.
bool may_join(const Group& group, const Group& other, const std::vector<std::uint64_t>& all) {
  if (group.hashes.size() < kFewPatterns) return false;
  return is_close(all.size(), std::min(group.smallest, other.smallest));
}

}  // namespace

void PatternSharing::share(std::vector<PendingPrefilter>& pending) {
  std::vector<Group> groups;
  for (Group& each : given_groups(pending)) {
    bool is_placed = false;
    for (Group& group : groups) {
      std::vector<std::uint64_t> all;
      std::ranges::set_union(group.hashes, each.hashes, std::back_inserter(all));
      if (!may_join(each, group, all)) continue;
      group.members.insert(group.members.end(), each.members.begin(), each.members.end());
      group.smallest = std::min(group.smallest, each.smallest);
      group.hashes = std::move(all);
      is_placed = true;
      break;
    }
    if (!is_placed) groups.push_back(std::move(each));
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
