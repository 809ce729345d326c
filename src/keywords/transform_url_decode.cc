// url_decode: %41 becomes A, + becomes a space; what is no escape stays.

#include "keywords/transforms.h"

namespace culvert {
namespace {

int digit(std::byte b) {
  const auto c = std::to_integer<char>(b);
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool decode(Bytes in, std::vector<std::byte>& out) {
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] == std::byte{'+'}) {
      out.push_back(std::byte{' '});
    } else if (in[i] == std::byte{'%'} && i + 2 < in.size() && digit(in[i + 1]) >= 0 &&
               digit(in[i + 2]) >= 0) {
      out.push_back(static_cast<std::byte>(digit(in[i + 1]) * 16 + digit(in[i + 2])));
      i += 2;
    } else {
      out.push_back(in[i]);
    }
  }
  return true;
}

constexpr std::string_view kName = "url_decode";

}  // namespace

const KeywordSpec keywords::kUrlDecode{kName, "URL escapes decoded", KeywordArgument::kNone,
                             compile_plain_transform<kName, decode>};

}  // namespace culvert
