// to_lowercase, to_uppercase; header_lowercase: only the names of "Name: value" lines.

#include "base/ascii_case.h"
#include "keywords/transforms.h"

namespace culvert {
namespace {

bool lower(Bytes in, std::vector<std::byte>& out) {
  for (const std::byte b : in) out.push_back(std::byte{ascii_lower(std::to_integer<std::uint8_t>(b))});
  return true;
}

bool upper(Bytes in, std::vector<std::byte>& out) {
  for (const std::byte b : in) {
    const bool is_lower = b >= std::byte{'a'} && b <= std::byte{'z'};
    out.push_back(is_lower ? b & ~std::byte{0x20} : b);
  }
  return true;
}

bool header_lower(Bytes in, std::vector<std::byte>& out) {
  bool in_name = true;
  for (const std::byte b : in) {
    if (b == std::byte{':'}) in_name = false;
    if (b == std::byte{'\n'}) in_name = true;
    out.push_back(in_name ? std::byte{ascii_lower(std::to_integer<std::uint8_t>(b))} : b);
  }
  return true;
}

constexpr std::string_view kLower = "to_lowercase", kUpper = "to_uppercase",
                           kHeader = "header_lowercase";

}  // namespace

const KeywordSpec keywords::kToLowercase{kLower, "the buffer in lower case", KeywordArgument::kNone,
                               compile_plain_transform<kLower, lower, true>};
const KeywordSpec keywords::kToUppercase{kUpper, "the buffer in upper case", KeywordArgument::kNone,
                               compile_plain_transform<kUpper, upper, true>};
const KeywordSpec keywords::kHeaderLowercase{kHeader, "names of headers in lower case", KeywordArgument::kNone,
                                   compile_plain_transform<kHeader, header_lower>};

}  // namespace culvert
