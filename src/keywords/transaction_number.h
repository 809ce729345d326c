// Keywords that compare one number of a transaction: "ntp.version:>3".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "detect/keyword.h"
#include "keywords/integer_match.h"

namespace culvert {

/// kGet: the number, or nothing when this transaction has none: then nothing matches.
template <class Tx, std::optional<std::uint64_t> (*kGet)(const Tx&)>
struct TransactionNumberIs final : Keyword {
  explicit TransactionNumberIs(IntegerMatch want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    const auto number = kGet(static_cast<const Tx&>(*context.transaction));
    return number && wanted.matches(*number);
  }
  const IntegerMatch wanted;
};

/// The `compile` of such a keyword's KeywordSpec.
template <class Tx, std::optional<std::uint64_t> (*kGet)(const Tx&), const TransactionHook& kHook,
          std::uint64_t kHighest, IntegerMatch::FindWord kWords = nullptr>
Result<void> compile_transaction_number(RuleBuilder& rule, std::string_view argument) {
  const auto wanted = IntegerMatch::parse(argument, kHighest, kWords);
  if (!wanted) return tl::unexpected(wanted.error());
  using Is = TransactionNumberIs<Tx, kGet>;
  return rule.add_transaction_match(kHook, std::make_unique<const Is>(*wanted));
}

}  // namespace culvert
