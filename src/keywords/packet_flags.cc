// Flags and options of IP headers: `fragbits:!D`, `ipopts:rr`; and `sameip`.
#include "keywords/packet_flags.h"

#include <optional>

#include "base/ascii_case.h"
#include "base/byte_cursor.h"
#include "keywords/packet_match.h"
#include "rule/value.h"

namespace culvert::keywords {
namespace {

/// How the flags that are set compare to those that are named.
enum class FlagTest : std::uint8_t { kExactly, kAll, kAny, kNotAll };

struct FlagSet {
  FlagTest test = FlagTest::kExactly;
  std::uint8_t bits = 0;

  bool matches(std::uint8_t value) const {
    switch (test) {
      case FlagTest::kExactly:
        return value == bits;
      case FlagTest::kAll:
        return (value & bits) == bits;
      case FlagTest::kAny:
        return (value & bits) != 0;
      case FlagTest::kNotAll:
        return (value & bits) != bits;
    }
    return false;
  }
};

/// Reads "+SA" or "SA+": letters of `names` and at most one of + * ! about them all.
template <class BitOf>
Result<FlagSet> parse_flags(std::string_view text, BitOf bit_of, std::string_view known) {
  FlagSet flags;
  bool has_test = false;
  for (const char c : text) {
    if (c == ' ') continue;
    if (c == '+' || c == '*' || c == '!') {
      if (has_test) return failure("one of + * ! is enough in '" + std::string(text) + "'");
      has_test = true;
      flags.test = c == '+' ? FlagTest::kAll : c == '*' ? FlagTest::kAny : FlagTest::kNotAll;
      continue;
    }
    const int bit = bit_of(c);
    if (bit < 0) {
      return failure("'" + std::string(1, c) + "' is no flag: there are " + std::string(known));
    }
    flags.bits |= static_cast<std::uint8_t>(bit);
  }
  return flags;
}

/// Bits of the 3-bit flags field of IPv4: reserved, DF, MF.
int fragment_bit(char c) {
  switch (c) {
    case 'R': case 'r': return 4;
    case 'D': case 'd': return 2;
    case 'M': case 'm': return 1;
    default: return -1;
  }
}

Result<void> compile_fragbits(RuleBuilder& rule, std::string_view argument) {
  auto flags = parse_flags(argument, fragment_bit, "M D R");
  if (!flags) return tl::unexpected(flags.error());
  add_packet_test(rule, [flags = *flags](const Packet& packet) {
    if (packet.layer3 != Layer3::kIpv4) return false;  // as in the reference
    ByteCursor in(packet.ip_header.subspan(6));
    return flags.matches(static_cast<std::uint8_t>(in.u8() >> 5));
  });
  return {};
}

struct IpOption {
  std::string_view name;
  std::uint8_t type;
};
constexpr IpOption kIpOptions[] = {
    {"rr", 0x07},   {"lsrr", 0x83}, {"eol", 0x00},   {"nop", 0x01},  {"ts", 0x44},  {"sec", 0x82},
    {"ssrr", 0x89}, {"satid", 0x88}, {"cipso", 0x86}, {"rtralt", 0x94}, {"qs", 0x19}, {"esec", 0x85},
};

/// Whether an IPv4 header has an option (RFC 791 section 3.1); nothing asked for: any at all.
bool has_ip_option(const Packet& packet, std::optional<std::uint8_t> wanted) {
  constexpr std::size_t kFixedHeader = 20;
  if (packet.layer3 != Layer3::kIpv4 || packet.ip_header.size() <= kFixedHeader) return false;
  if (!wanted) return true;
  ByteCursor in(packet.ip_header.subspan(kFixedHeader));
  while (!in.empty()) {
    const std::uint8_t type = in.u8();
    if (type == *wanted) return true;
    if (type == 0) return false;
    if (type == 1) continue;
    const std::uint8_t length = in.u8();
    if (!in.ok() || length < 2) return false;
    in.skip(length - 2u);
  }
  return false;
}

Result<void> compile_ipopts(RuleBuilder& rule, std::string_view argument) {
  const std::string name = ascii_lower(trim(argument));
  std::optional<std::uint8_t> wanted;
  if (name != "any") {
    for (const IpOption& option : kIpOptions) {
      if (option.name == name) wanted = option.type;
    }
    if (!wanted) {
      return failure("'" + name +
                     "' is no IP option: there are any, rr, eol, nop, ts, "
                     "sec, esec, lsrr, ssrr, satid, cipso, rtralt, qs");
    }
  }
  add_packet_test(rule, [wanted](const Packet& packet) { return has_ip_option(packet, wanted); });
  return {};
}

Result<void> compile_sameip(RuleBuilder& rule, std::string_view /*argument*/) {
  add_packet_test(rule, [](const Packet& packet) {
    return packet.is_ip() && packet.source == packet.destination;
  });
  return {};
}

constexpr KeywordSpec kSpecs[] = {
    {.name = "fragbits", .help = "IP fragmentation flags", .compile = compile_fragbits,
     .can_negate = true},
    {.name = "ipopts", .help = "an IPv4 option is there", .compile = compile_ipopts},
    {.name = "sameip", .help = "source and destination are the same address",
     .argument = KeywordArgument::kNone, .compile = compile_sameip},
};

}  // namespace

std::span<const KeywordSpec> packet_flag_keywords() { return kSpecs; }

}  // namespace culvert::keywords
