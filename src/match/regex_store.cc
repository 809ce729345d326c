#include "match/regex_store.h"

#include <utility>

namespace culvert {

Result<std::shared_ptr<const Regex>> RegexStore::compile(std::string_view pattern,
                                                         RegexFlags flags) {
  std::string key;
  for (const bool flag : {flags.caseless, flags.multiline, flags.dot_all, flags.extended,
                          flags.anchored, flags.dollar_end_only, flags.ungreedy}) {
    key += flag ? '1' : '0';
  }
  key += pattern;
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  auto regex = Regex::compile(pattern, flags);
  if (!regex) return tl::unexpected(std::move(regex.error()));
  auto shared = std::make_shared<const Regex>(std::move(*regex));
  known_.emplace(std::move(key), shared);
  return shared;
}

}  // namespace culvert
