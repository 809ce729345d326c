#include "rule/set_cache.h"

namespace culvert {
namespace {

template <class Set, class Entries, class Compile>
Result<std::shared_ptr<const Set>> find_or_compile(Entries& entries, std::string_view expression,
                                                   Compile compile) {
  if (const auto found = entries.find(expression); found != entries.end()) return found->second;
  auto set = compile().map([](Set&& each) {
    return std::shared_ptr<const Set>(std::make_shared<const Set>(std::move(each)));
  });
  return entries.emplace(expression, std::move(set)).first->second;
}

}  // namespace

Result<std::shared_ptr<const AddressSet>> SetCache::addresses(std::string_view expression) {
  return find_or_compile<AddressSet>(addresses_, expression, [&] {
    return compile_addresses(expression, variables_.address_groups);
  });
}

Result<std::shared_ptr<const PortSet>> SetCache::ports(std::string_view expression) {
  return find_or_compile<PortSet>(
      ports_, expression, [&] { return compile_ports(expression, variables_.port_groups); });
}

}  // namespace culvert
