// asn1: malformed BER (ITU-T X.690) in the buffer.
//
//     asn1:bitstring_overflow          a bit string that says it leaves more bits unused than it has
//     asn1:double_overflow             a REAL in decimal text of more than 256 bytes
//     asn1:oversize_length 500         an element longer than that, and there whole
//     asn1:..., absolute_offset 2      where it begins; or relative_offset, from the last match
#include <algorithm>
#include <array>

#include "base/byte_cursor.h"
#include "detect/inspect.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

/// Most elements looked at of one buffer.
constexpr unsigned kMostElements = 256;

struct Element {
  std::uint32_t tag = 0;
  bool universal = false, constructed = false;
  bool has_length = false;   ///< false: the indefinite form
  std::uint64_t length = 0;  ///< as announced
};

/// Identifier and length octets (X.690 section 8.1.2, 8.1.3). False: there is no whole header.
bool read_header(ByteCursor& in, Element& element) {
  const std::uint8_t first = in.u8();
  element.universal = (first & 0xc0) == 0;
  element.constructed = (first & 0x20) != 0;
  element.tag = first & 0x1f;
  if (element.tag == 0x1f) {
    element.tag = 0;
    for (unsigned i = 0; i < 4; ++i) {
      const std::uint8_t next = in.u8();
      element.tag = element.tag << 7 | (next & 0x7fu);
      if ((next & 0x80) == 0) break;
    }
  }
  const std::uint8_t size = in.u8();
  element.has_length = size != 0x80;
  element.length = size;
  if (size > 0x80) {
    const unsigned octets = size & 0x7fu;
    if (octets > 8) return false;
    element.length = in.read(octets);
  }
  return in.ok();
}

struct Asn1Item final : CustomItem {
  bool match(const MatchContext&, const InspectBuffer& buffer,
             InspectState& state) const noexcept override {
    const std::int64_t begin =
        offset + (relative ? static_cast<std::int64_t>(state.position) : std::int64_t{0});
    if (begin < 0 || static_cast<std::uint64_t>(begin) >= buffer.bytes.size()) return false;
    // What is constructed holds elements: walked in place, its end is nobody's concern here.
    ByteCursor in(buffer.bytes.subspan(static_cast<std::size_t>(begin)));
    for (unsigned i = 0; i < kMostElements && !in.empty(); ++i) {
      Element element;
      if (!read_header(in, element)) return false;
      // What is not there whole is not looked at, as in the reference.
      if (element.has_length && element.length > in.size()) return false;
      if (oversize && element.has_length && element.length > longest) return true;
      if (element.constructed || !element.has_length) continue;
      const Bytes content = in.take(static_cast<std::size_t>(element.length));
      if (element.universal && is_overflow(element, content)) return true;
    }
    return false;
  }
  bool is_overflow(const Element& element, Bytes content) const {
    constexpr std::uint32_t kBitString = 3, kReal = 9;
    if (content.empty()) return false;
    const auto first = std::to_integer<std::uint8_t>(content[0]);
    if (bitstring && element.tag == kBitString) {
      // The first octet says how many bits are not used. That it counts among them: as the reference.
      return element.length * 8 < first;
    }
    return real && element.tag == kReal && (first & 0xc0) == 0 && element.length > 256;
  }
  bool bitstring = false, real = false, oversize = false;
  std::uint64_t longest = 0;
  std::int64_t offset = 0;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  auto item = std::make_unique<Asn1Item>();
  std::string text(trim(argument));
  std::replace(text.begin(), text.end(), ',', ' ');
  const auto words = split_words(text);
  bool absolute = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "bitstring_overflow") {
      item->bitstring = true;
      continue;
    }
    if (words[i] == "double_overflow") {
      item->real = true;
      continue;
    }
    const bool oversize = words[i] == "oversize_length";
    const bool is_relative = words[i] == "relative_offset";
    if (!oversize && !is_relative && words[i] != "absolute_offset") {
      return failure("asn1 takes bitstring_overflow, double_overflow, oversize_length, "
                     "absolute_offset and relative_offset, not '" + std::string(words[i]) + "'");
    }
    if (++i == words.size()) return failure("asn1: a number is missing");
    const auto number = parse_integer(words[i], is_relative ? -65535 : 0, 65535);
    if (!number) return tl::unexpected(number.error());
    if (oversize) {
      item->oversize = true;
      item->longest = static_cast<std::uint64_t>(*number);
    } else {
      item->offset = *number;
      item->relative = is_relative;
      absolute = absolute || !is_relative;
    }
  }
  if (!item->bitstring && !item->real && !item->oversize) return failure("asn1 says nothing to look for");
  if (item->relative && absolute) return failure("asn1: absolute_offset or relative_offset, not both");
  return draft.add_item(std::move(item));
}

}  // namespace

const KeywordSpec keywords::kAsn1{"asn1", "malformed BER elements in the buffer",
                                  KeywordArgument::kRequired, compile};

}  // namespace culvert
