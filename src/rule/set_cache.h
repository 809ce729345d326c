// Address and port sets of a whole rule set: thousands of rules share a few dozen expressions.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rule/address_set.h"
#include "rule/port_set.h"

namespace culvert {

/// The configuration's `vars`.
struct RuleVariables {
  VariableMap address_groups;
  VariableMap port_groups;
};

/// Compiles each expression once, and gives rules that write the same the same set. Used while a
/// rule set is compiled, by one thread; the sets live on.
class SetCache {
 public:
  explicit SetCache(RuleVariables variables) : variables_(std::move(variables)) {}

  Result<std::shared_ptr<const AddressSet>> addresses(std::string_view expression);
  Result<std::shared_ptr<const PortSet>> ports(std::string_view expression);

  const RuleVariables& variables() const { return variables_; }

 private:
  template <class Set>
  using Entries = std::map<std::string, Result<std::shared_ptr<const Set>>, std::less<>>;

  RuleVariables variables_;
  Entries<AddressSet> addresses_;
  Entries<PortSet> ports_;
};

}  // namespace culvert
