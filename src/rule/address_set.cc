#include "rule/address_set.h"

#include <bit>
#include <optional>

#include "rule/value.h"

namespace culvert {
namespace {

/// A family that is only taken from means the rest of it.
template <class Set>
Set resolved(const Set& plus, const Set& minus) {
  return plus.empty() && !minus.empty() ? minus.complement() : plus.without(minus);
}

struct Range {
  IpAddress first, last;
};

/// The prefix of "255.255.0.0"; nothing when its ones are not all in front.
std::optional<unsigned> netmask_prefix(std::string_view text) {
  const auto mask = IpAddress::parse(text);
  if (!mask || mask->is_v6()) return std::nullopt;
  const int ones = std::countl_one(mask->v4_value());
  if (ones + std::countr_zero(mask->v4_value()) < 32) return std::nullopt;
  return static_cast<unsigned>(ones);
}

Result<Range> parse_range(std::string_view word) {
  const auto refuse = [word](const char* why) {
    return failure("'" + std::string(word) + "' is not an address: " + why);
  };
  if (const std::size_t slash = word.find('/'); slash != word.npos) {
    const auto base = IpAddress::parse(trim(word.substr(0, slash)));
    if (!base) return refuse("write 10.0.0.0/8 or 2001:db8::/32");
    const std::string_view size = trim(word.substr(slash + 1));
    unsigned prefix = 0;
    if (size.find('.') != size.npos) {
      const auto mask = netmask_prefix(size);
      if (!mask || base->is_v6()) return refuse("the netmask must be like 255.255.0.0");
      prefix = *mask;
    } else {
      const auto number = parse_unsigned(size, base->bits());
      if (!number)
        return refuse(base->is_v6() ? "the prefix is 0 to 128" : "the prefix is 0 to 32");
      prefix = static_cast<unsigned>(*number);
    }
    return Range{base->network(prefix), base->last_of_network(prefix)};
  }
  if (const std::size_t dash = word.find('-'); dash != word.npos) {
    const auto first = IpAddress::parse(trim(word.substr(0, dash)));
    const auto last = IpAddress::parse(trim(word.substr(dash + 1)));
    if (!first || !last || first->is_v6() != last->is_v6())
      return refuse("write 10.0.0.1-10.0.0.9");
    if (*last < *first) return refuse("the range ends before it begins");
    return Range{*first, *last};
  }
  const auto single = IpAddress::parse(word);
  if (!single) return refuse("write 10.0.0.1, 10.0.0.0/8, 10.0.0.1-10.0.0.9, any or a list in []");
  return Range{*single, *single};
}

/// Intervals are gathered here and sorted once, as lists of ten thousands of addresses are common.
struct Gathered {
  std::vector<AddressSet::V4::Interval> v4;
  std::vector<AddressSet::V6::Interval> v6;

  void add(const Range& range) {
    if (range.first.is_v4()) {
      v4.push_back({range.first.v4_value(), range.last.v4_value()});
    } else {
      v6.push_back({AddressSet::number(range.first), AddressSet::number(range.last)});
    }
  }
  void add(const AddressSet& set) {
    v4.insert(v4.end(), set.v4().intervals().begin(), set.v4().intervals().end());
    v6.insert(v6.end(), set.v6().intervals().begin(), set.v6().intervals().end());
  }
};

Result<AddressSet> evaluate(const SetExpression& list);

Result<void> gather(const SetExpression& list, Gathered& plus, Gathered& minus) {
  for (const SetExpression& element : list.elements) {
    Gathered& side = element.negated ? minus : plus;
    if (element.is_list && !element.negated) {
      if (const auto done = gather(element, plus, minus); !done) return done;
    } else if (element.is_list) {
      const auto set = evaluate(element);
      if (!set) return tl::unexpected(set.error());
      side.add(*set);
    } else if (equals_ignoring_case(element.word, "any")) {
      side.add(AddressSet::any());
    } else {
      const auto range = parse_range(element.word);
      if (!range) return tl::unexpected(range.error());
      side.add(*range);
    }
  }
  return {};
}

Result<AddressSet> evaluate(const SetExpression& list) {
  Gathered plus, minus;
  return gather(list, plus, minus).map([&] {
    using V4 = AddressSet::V4;
    using V6 = AddressSet::V6;
    return AddressSet(resolved(V4(std::move(plus.v4)), V4(std::move(minus.v4))),
                      resolved(V6(std::move(plus.v6)), V6(std::move(minus.v6))));
  });
}

}  // namespace

Result<AddressSet> compile_addresses(std::string_view expression,
                                     const VariableMap& address_groups) {
  const auto tree = parse_set_expression(expression, address_groups, "address-groups");
  if (!tree) return tl::unexpected(tree.error());
  auto set = evaluate(*tree);
  if (set && set->empty())
    return failure("no address is left of '" + std::string(expression) +
                   "': all that it names is negated as well");
  return set;
}

}  // namespace culvert
