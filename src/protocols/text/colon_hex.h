// Bytes as EVE spells addresses of hardware and the like: "00:1f:a0".
#pragma once

#include <string>

#include "base/bytes.h"

namespace culvert {

inline std::string colon_hex(Bytes bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    if (!text.empty()) text += ':';
    text += kDigits[std::to_integer<unsigned>(byte) >> 4];
    text += kDigits[std::to_integer<unsigned>(byte) & 15u];
  }
  return text;
}

}  // namespace culvert
