#include "detect/prefilter.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/ascii_case.h"
#include "detect/compiled_rule.h"

namespace culvert {
namespace {

bool is_at_end(const CompiledRule& rule) {
  const ContentItem& content = *rule.indexed;
  return content.bytes.size() <= EndMatcher::kLongest &&
         is_at_end(content, rule.buffers[static_cast<std::size_t>(rule.indexed_buffer)].chain);
}

}  // namespace

std::shared_ptr<const EndPrefilter> take_those_at_end(std::vector<const CompiledRule*>& rules) {
  const auto middle = std::ranges::stable_partition(
      rules, [](const CompiledRule* rule) { return !is_at_end(*rule); });
  if (middle.size() * 2 < rules.size() || middle.empty()) {
    std::ranges::sort(rules, {}, &CompiledRule::number);
    return nullptr;
  }
  std::vector<BytePattern> patterns;
  std::vector<RuleList> lists;
  std::map<std::pair<std::string, bool>, PatternId> ids;
  for (const CompiledRule* const rule : middle) {
    const ContentItem& content = *rule->indexed;
    std::string bytes(as_text(content.bytes));
    if (content.nocase) bytes = ascii_lower(bytes);
    const auto next = static_cast<PatternId>(patterns.size());
    const auto [found, is_new] = ids.try_emplace({bytes, content.nocase}, next);
    if (is_new) {
      patterns.push_back({bytes, content.nocase, next});
      lists.emplace_back();
    }
    RuleList& list = lists[found->second];
    if (list.empty() || list.back() != rule->number) list.push_back(rule->number);
  }
  auto made = std::make_shared<EndPrefilter>(patterns);
  made->first.push_back(0);
  for (const RuleList& list : lists) {
    made->rules.insert(made->rules.end(), list.begin(), list.end());
    made->first.push_back(static_cast<std::uint32_t>(made->rules.size()));
  }
  rules.erase(middle.begin(), rules.end());
  return made;
}

}  // namespace culvert
