// The addresses that a rule's source or destination means.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/address.h"
#include "rule/interval_set.h"
#include "rule/set_expression.h"

namespace culvert {

__extension__ using Uint128 = unsigned __int128;

/// An immutable set of IPv4 and IPv6 addresses.
class AddressSet {
 public:
  using V4 = IntervalSet<std::uint32_t>;
  using V6 = IntervalSet<Uint128>;

  AddressSet() = default;
  AddressSet(V4 v4, V6 v6) : v4_(std::move(v4)), v6_(std::move(v6)) { note_any(); }
  static AddressSet any() { return {V4::all(), V6::all()}; }

  bool contains(const IpAddress& address) const {
    if (is_any_) return true;
    return address.is_v4() ? v4_.contains(address.v4_value()) : v6_.contains(number(address));
  }
  bool is_any() const { return is_any_; }
  bool empty() const { return v4_.empty() && v6_.empty(); }
  const V4& v4() const { return v4_; }
  const V6& v6() const { return v6_; }

  /// An IPv6 address as a number.
  static Uint128 number(const IpAddress& address) {
    return static_cast<Uint128>(address.high()) << 64 | address.low();
  }

  friend bool operator==(const AddressSet&, const AddressSet&) = default;

 private:
  void note_any() { is_any_ = v4_.is_all() && v6_.is_all(); }

  V4 v4_;
  V6 v6_;
  bool is_any_ = false;
};

/// Compiles an address expression: `any`, addresses, CIDR, IPv4 netmasks (only those that are a
/// prefix), ranges `a-b`, $variables, lists, nested, and negation anywhere.
///
/// As in the reference: what is negated is taken out of the union of all that is not, wherever it
/// stands in nested lists that are not negated themselves. A negated list is evaluated first. Each
/// family stands alone: where a family is only negated, the rest of *that family* is meant. So
/// `!10.0.0.0/8` means no IPv6 address, and `[2001:db8::/32,!10.0.0.0/8]` one prefix of IPv6 and
/// nearly all of IPv4. Fails when no address is left.
[[nodiscard]] Result<AddressSet> compile_addresses(std::string_view expression,
                                                   const VariableMap& address_groups = {});

}  // namespace culvert
