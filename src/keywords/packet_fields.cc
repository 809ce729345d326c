// Numbers of packet headers: `ttl:<5`, `tcp.mss:1460`. One table; each line is a keyword.
#include "keywords/packet_fields.h"

#include <algorithm>

#include "base/byte_cursor.h"
#include "detect/rule_draft.h"
#include "keywords/packet_match.h"
#include "rule/number_match.h"
#include "rule/value.h"

namespace culvert::keywords {
namespace {

using Value = std::optional<std::uint64_t>;

/// A field of a header at a fixed place; nothing when the header is not there.
Value field_at(Bytes header, std::size_t at, std::size_t width) {
  ByteCursor in(at <= header.size() ? header.subspan(at) : Bytes{});
  const std::uint64_t value = in.read(width);
  return in.ok() ? Value(value) : std::nullopt;
}

Value ttl_of(const Packet& packet) {
  if (packet.layer3 == Layer3::kIpv4) return field_at(packet.ip_header, 8, 1);
  if (packet.layer3 == Layer3::kIpv6) return field_at(packet.ip_header, 7, 1);
  return std::nullopt;
}
Value tos_of(const Packet& packet) {
  return packet.layer3 == Layer3::kIpv4 ? field_at(packet.ip_header, 1, 1) : std::nullopt;
}
Value ip_id_of(const Packet& packet) {
  return packet.layer3 == Layer3::kIpv4 ? field_at(packet.ip_header, 4, 2) : std::nullopt;
}
Value fragment_offset_of(const Packet& packet) {
  if (packet.layer3 == Layer3::kIpv4) {
    const Value field = field_at(packet.ip_header, 6, 2);
    return field ? Value(*field & 0x1fff) : std::nullopt;
  }
  if (packet.layer3 == Layer3::kIpv6 && packet.is_fragment) return packet.fragment.offset / 8u;
  return std::nullopt;
}
Value tcp_field(const Packet& packet, std::size_t at, std::size_t width) {
  return packet.is_tcp() ? field_at(packet.l4_header, at, width) : std::nullopt;
}
Value seq_of(const Packet& packet) { return tcp_field(packet, 4, 4); }
Value ack_of(const Packet& packet) { return tcp_field(packet, 8, 4); }
Value window_of(const Packet& packet) { return tcp_field(packet, 14, 2); }

/// Value of a TCP option (RFC 9293 section 3.1), `size` bytes of data.
Value tcp_option(const Packet& packet, std::uint8_t wanted, std::size_t size) {
  constexpr std::size_t kFixedHeader = 20;
  constexpr std::uint8_t kEnd = 0, kNoOperation = 1;
  if (!packet.is_tcp() || packet.l4_header.size() < kFixedHeader) return std::nullopt;
  ByteCursor in(packet.l4_header.subspan(kFixedHeader));
  while (!in.empty()) {
    const std::uint8_t kind = in.u8();
    if (kind == kEnd) break;
    if (kind == kNoOperation) continue;
    const std::uint8_t length = in.u8();
    if (!in.ok() || length < 2) break;
    const Bytes data = in.take(length - 2u);
    if (!in.ok()) break;
    if (kind == wanted && data.size() == size) return ByteCursor(data).read(size);
  }
  return std::nullopt;
}
Value mss_of(const Packet& packet) { return tcp_option(packet, 2, 2); }
Value window_scale_of(const Packet& packet) { return tcp_option(packet, 3, 1); }

/// Whether the type has identifier and sequence number (RFC 792, RFC 4443).
bool has_icmp_id(const Packet& packet) {
  if (packet.layer4 == Layer4::kIcmp4) {
    constexpr std::uint8_t kTypes[] = {0, 8, 13, 14, 15, 16, 17, 18};
    for (const std::uint8_t type : kTypes) {
      if (packet.icmp_type == type) return true;
    }
    return false;
  }
  return packet.layer4 == Layer4::kIcmp6 && (packet.icmp_type == 128 || packet.icmp_type == 129);
}
Value icmp_id_of(const Packet& packet) {
  return has_icmp_id(packet) ? field_at(packet.l4_header, 4, 2) : std::nullopt;
}
Value icmp_seq_of(const Packet& packet) {
  return has_icmp_id(packet) ? field_at(packet.l4_header, 6, 2) : std::nullopt;
}
Value icmp6_mtu_of(const Packet& packet) {
  const bool too_big = packet.layer4 == Layer4::kIcmp6 && packet.icmp_type == 2;
  return too_big ? field_at(packet.l4_header, 4, 4) : std::nullopt;
}
Value vlan_layers_of(const Packet& packet) { return packet.vlan_count; }

struct Field {
  Value (*get)(const Packet&);
  std::uint64_t highest;
};

Result<void> compile_field(RuleBuilder& rule, std::string_view argument, Field field) {
  auto test = NumberMatch::parse(argument, field.highest);
  if (!test) return tl::unexpected(test.error());
  add_packet_test(rule, [get = field.get, test = *test](const Packet& packet) {
    const Value value = get(packet);
    return value.has_value() && test.matches(*value);
  });
  return {};
}

template <Value (*kGet)(const Packet&), std::uint64_t kHighest>
Result<void> compile_number(RuleBuilder& rule, std::string_view argument) {
  return compile_field(rule, argument, {kGet, kHighest});
}

/// Older keywords know only some of the tests: one of `signs` before decimal digits, or none.
template <Value (*kGet)(const Packet&), std::uint64_t kHighest>
Result<void> compile_old(RuleBuilder& rule, std::string_view argument, std::string_view signs) {
  std::string_view digits = argument;
  if (signs.find(digits.front()) != signs.npos) digits = trim(digits.substr(1));
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) {
    return failure(
        "'" + std::string(argument) + "' is not a number" +
        (signs.empty() ? "" : ", with one of " + std::string(signs) + " before it or none"));
  }
  return compile_number<kGet, kHighest>(rule, argument);
}
template <Value (*kGet)(const Packet&), std::uint64_t kHighest>
Result<void> compile_exact(RuleBuilder& rule, std::string_view argument) {
  return compile_old<kGet, kHighest>(rule, argument, "");
}
Result<void> compile_window(RuleBuilder& rule, std::string_view argument) {
  return compile_old<window_of, 65535>(rule, argument, "!");
}
Result<void> compile_fragment_offset(RuleBuilder& rule, std::string_view argument) {
  return compile_old<fragment_offset_of, 65535>(rule, argument, "<>");
}

/// `tos:8`, `tos:!8`, `tos:x1f` (hexadecimal), each also in quotes.
Result<void> compile_tos(RuleBuilder& rule, std::string_view argument) {
  const bool negated = take_negation(argument);
  take_quotes(argument);
  const bool hexadecimal = argument.starts_with('x');
  const auto number =
      parse_unsigned(hexadecimal ? "0" + std::string(argument) : std::string(argument), 255);
  if (!number || argument.starts_with("0x")) {
    return failure("'" + std::string(argument) +
                   "' is not a number from 0 to 255, or x and its hexadecimal digits");
  }
  add_packet_test(rule, [wanted = *number, negated](const Packet& packet) {
    const Value value = tos_of(packet);
    return value.has_value() && (*value == wanted) != negated;
  });
  return {};
}

/// `vlan.id:100`, `vlan.id:100,0` (which layer, from the outermost or, negative, the innermost),
/// `vlan.id:100,any`, `,all`.
Result<void> compile_vlan_id(RuleBuilder& rule, std::string_view argument) {
  const std::size_t comma = argument.find(',');
  auto test = NumberMatch::parse(trim(argument.substr(0, comma)), 4095);
  if (!test) return tl::unexpected(test.error());
  enum class Which { kAny, kAll, kLayer } which = Which::kAny;
  int layer = 0;
  if (comma != argument.npos) {
    const std::string_view text = trim(argument.substr(comma + 1));
    if (text == "all") {
      which = Which::kAll;
    } else if (text != "any") {
      const bool negative = text.starts_with('-');
      const std::string_view digit = negative ? text.substr(1) : text;
      if (digit.size() != 1 || digit[0] < '0' || digit[0] > '2') {
        return failure("vlan.id takes a layer from -3 to 2, any or all, not '" +
                       std::string(text) + "'");
      }
      which = Which::kLayer;
      layer = negative ? -(digit[0] - '0') : digit[0] - '0';
    }
  }
  add_packet_test(rule, [test = *test, which, layer](const Packet& packet) {
    const int count = std::min<int>(packet.vlan_count, static_cast<int>(packet.vlan.size()));
    if (which == Which::kLayer) {
      const int at = layer < 0 ? count + layer : layer;
      return at >= 0 && at < count && test.matches(packet.vlan[static_cast<std::size_t>(at)]);
    }
    int matching = 0;
    for (int i = 0; i < count; ++i) {
      matching += test.matches(packet.vlan[static_cast<std::size_t>(i)]) ? 1 : 0;
    }
    return which == Which::kAny ? matching != 0 : count != 0 && matching == count;
  });
  return {};
}

constexpr KeywordSpec kSpecs[] = {
    {.name = "ttl", .help = "IPv4 TTL or IPv6 hop limit", .compile = compile_number<ttl_of, 255>},
    {.name = "tos", .help = "IPv4 type of service byte", .compile = compile_tos, .can_quote = true},
    {.name = "id", .help = "IPv4 identification", .compile = compile_exact<ip_id_of, 65535>},
    {.name = "fragoffset",
     .help = "fragment offset in units of 8 bytes",
     .compile = compile_fragment_offset},
    {.name = "tcp.seq",
     .help = "TCP sequence number",
     .compile = compile_exact<seq_of, 0xffffffff>,
     .alias = "seq"},
    {.name = "tcp.ack",
     .help = "TCP acknowledgement number",
     .compile = compile_exact<ack_of, 0xffffffff>,
     .alias = "ack"},
    {.name = "tcp.window",
     .help = "TCP window as sent",
     .compile = compile_window,
     .alias = "window"},
    {.name = "tcp.mss",
     .help = "TCP maximum segment size option",
     .compile = compile_number<mss_of, 65535>},
    {.name = "tcp.wscale",
     .help = "TCP window scale option",
     .compile = compile_number<window_scale_of, 255>},
    {.name = "icmp_id", .help = "ICMP identifier", .compile = compile_exact<icmp_id_of, 65535>},
    {.name = "icmp_seq",
     .help = "ICMP sequence number",
     .compile = compile_exact<icmp_seq_of, 65535>},
    {.name = "icmpv6.mtu",
     .help = "MTU of an ICMPv6 'packet too big'",
     .compile = compile_number<icmp6_mtu_of, 0xffffffff>},
    {.name = "vlan.id", .help = "VLAN id of a layer", .compile = compile_vlan_id},
    {.name = "vlan.layers",
     .help = "number of VLAN tags",
     .compile = compile_number<vlan_layers_of, 3>},
};

}  // namespace

std::span<const KeywordSpec> packet_field_keywords() { return kSpecs; }

}  // namespace culvert::keywords
