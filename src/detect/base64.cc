#include "detect/base64.h"

namespace culvert {
namespace {

int value_of(std::byte b) {
  const auto c = std::to_integer<char>(b);
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

}  // namespace

bool decode_base64(Bytes in, Base64Mode mode, std::vector<std::byte>& out) {
  std::uint32_t group = 0;
  unsigned count = 0;
  bool padded = false;
  for (const std::byte b : in) {
    if (b == std::byte{'='}) {
      padded = true;
      break;
    }
    const int value = value_of(b);
    if (value < 0) {
      if (mode == Base64Mode::kRfc2045) continue;
      if (mode == Base64Mode::kStrict) {
        out.clear();
        return false;
      }
      break;
    }
    group = group << 6 | static_cast<std::uint32_t>(value);
    if (++count == 4) {
      for (const unsigned shift : {16u, 8u, 0u}) out.push_back(static_cast<std::byte>(group >> shift));
      group = 0;
      count = 0;
    }
  }
  if (count == 1 || (mode == Base64Mode::kStrict && count != 0 && !padded)) {
    if (mode == Base64Mode::kStrict) out.clear();
    return !out.empty();
  }
  if (count >= 2) out.push_back(static_cast<std::byte>(group >> (count == 2 ? 4 : 10)));
  if (count == 3) out.push_back(static_cast<std::byte>(group >> 2));
  return !out.empty();
}

}  // namespace culvert
