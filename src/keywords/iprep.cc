// iprep: the reputation of an address. `iprep:src,BadHosts,>,30`, `iprep:any,CnC,isset`; ends: src, dst,
// both, any; tests: < > = with a score, isset, isnotset. An address without score only fits isnotset.
#include "detect/reputation.h"

#include "detect/rule_draft.h"
#include "keywords/address_end.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

enum class Test : std::uint8_t { kLess, kGreater, kEqual, kIsSet, kIsNotSet };

struct ReputationTest final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    return address_fits(end, context, [this](const IpAddress& each) { return fits(each); });
  }
  bool fits(const IpAddress& address) const {
    const std::uint8_t score = reputation->score(address, category);
    if (score == 0) return test == Test::kIsNotSet;
    switch (test) {
      case Test::kLess:
        return score < value;
      case Test::kGreater:
        return score > value;
      case Test::kEqual:
        return score == value;
      case Test::kIsSet:
        return true;
      case Test::kIsNotSet:
        return false;
    }
    return false;
  }
  std::shared_ptr<const Reputation> reputation;
  AddressEnd end = AddressEnd::kAny;
  Test test = Test::kIsSet;
  std::uint8_t category = 0, value = 0;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  const auto parts = split_list(trim(argument));
  if (parts.size() != 3 && parts.size() != 4) {
    return failure("iprep is of the form src,category,>,score or src,category,isset");
  }
  auto keyword = std::make_unique<ReputationTest>();
  const auto end = find_address_end(parts[0]);
  if (!end) return failure("iprep: the end is src, dst, both or any");
  keyword->end = *end;
  keyword->reputation = draft.catalog.reputation;
  const auto category = keyword->reputation != nullptr ? keyword->reputation->find_category(parts[1])
                                                       : std::nullopt;
  if (!category) return failure("unknown iprep category \"" + std::string(parts[1]) + "\"");
  keyword->category = *category;
  if (parts.size() == 3) {
    if (parts[2] != "isset" && parts[2] != "isnotset") {
      return failure("iprep: without a score it is isset or isnotset");
    }
    keyword->test = parts[2] == "isset" ? Test::kIsSet : Test::kIsNotSet;
  } else {
    if (parts[2] != "<" && parts[2] != ">" && parts[2] != "=") return failure("iprep tests with <, > or =");
    keyword->test = parts[2] == "<" ? Test::kLess : parts[2] == ">" ? Test::kGreater : Test::kEqual;
    const auto value = parse_unsigned(parts[3], 127);
    if (!value) return failure("iprep: the score is a number from 0 to 127");
    keyword->value = static_cast<std::uint8_t>(*value);
  }
  ++draft.ip_only_matches;
  draft.add_packet_match(std::move(keyword));
  return {};
}

}  // namespace

const KeywordSpec keywords::kIprep{"iprep", "reputation of an address", KeywordArgument::kRequired,
                                   compile};

}  // namespace culvert
