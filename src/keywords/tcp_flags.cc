// tcp.flags: the flags of a TCP header. `flags:S`, `flags:SA,CE` (C and E are left out), `flags:+A`
// (at least), `flags:*SA` (any of), `flags:!SA` (not all of).
//
// As the reference judges (8.0.8; watched with all 256 values): who names F, S or R, in whatever
// way, means packets that have one of the three, and likewise U, E and C. So `flags:!R` does not
// hold for a plain ACK.

#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

enum class Mode { kExact, kAtLeast, kAny, kNot };

struct Flags final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    if (context.packet == nullptr || !context.packet->is_tcp()) return false;
    const std::uint8_t all = context.packet->tcp_flags();
    constexpr std::uint8_t kGroups[] = {0x07, 0xe0};
    for (const std::uint8_t group : kGroups) {
      if ((wanted & group) != 0 && (all & group) == 0) return false;
    }
    const auto actual = static_cast<std::uint8_t>(all & ~ignored);
    switch (mode) {
      case Mode::kExact:
        return actual == wanted;
      case Mode::kAtLeast:
        return (actual & wanted) == wanted;
      case Mode::kAny:
        return (actual & wanted) != 0;
      case Mode::kNot:
        return wanted == 0 ? actual != 0 : (actual & wanted) != wanted;
    }
    return false;
  }
  std::uint8_t wanted = 0, ignored = 0;
  Mode mode = Mode::kExact;
};

Result<std::uint8_t> parse_flags(std::string_view text) {
  std::uint8_t flags = 0;
  for (const char letter : text) {
    constexpr std::string_view kLetters = "FSRPAUEC";
    switch (letter) {
      case '0':
        continue;
      case '1':
        flags |= 0x80;
        continue;
      case '2':
        flags |= 0x40;
        continue;
      default:
        break;
    }
    const std::size_t bit = kLetters.find(letter);
    if (bit == kLetters.npos) return failure(std::string("flags: no flag \"") + letter + "\"");
    flags = static_cast<std::uint8_t>(flags | 1u << bit);
  }
  return flags;
}

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  const std::string_view text = trim(argument);
  const std::size_t comma = text.find(',');
  std::string_view first = trim(text.substr(0, comma));
  auto keyword = std::make_unique<Flags>();
  const auto take = [&](char sign) {
    const bool before = !first.empty() && first.front() == sign;
    const bool after = !before && first.size() > 1 && first.back() == sign;
    if (before) first.remove_prefix(1);
    if (after) first.remove_suffix(1);
    return before || after;
  };
  if (take('+')) {
    keyword->mode = Mode::kAtLeast;
  } else if (take('*')) {
    keyword->mode = Mode::kAny;
  } else if (take('!')) {
    keyword->mode = Mode::kNot;
  }
  if (comma != text.npos && trim(text.substr(comma + 1)).empty()) {
    return failure("flags: which ones to leave out stands behind the comma");
  }
  if (first.empty()) return failure("flags needs at least one of F S R P A U E C, or 0");
  const auto wanted = parse_flags(first);
  if (!wanted) return tl::unexpected(wanted.error());
  keyword->wanted = *wanted;
  if (comma != text.npos) {
    const auto ignored = parse_flags(trim(text.substr(comma + 1)));
    if (!ignored) return tl::unexpected(ignored.error());
    keyword->ignored = *ignored;
  }
  draft_of(rule).needs_packet = true;
  rule.add_packet_match(std::move(keyword));
  return {};
}

}  // namespace

const KeywordSpec keywords::kTcpFlags{"tcp.flags", "flags of the TCP header", KeywordArgument::kRequired,
                            compile, "flags", true};

}  // namespace culvert
