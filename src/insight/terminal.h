// Colours, where a terminal shows them.
#pragma once

#include <string>
#include <string_view>

namespace culvert {

enum class Color { kBold, kDim, kRed, kGreen, kYellow };

inline std::string paint(std::string_view text, Color color, bool on) {
  if (!on) return std::string(text);
  constexpr std::string_view kCodes[] = {"1", "2", "31", "32", "33"};
  std::string painted = "\x1b[";
  painted += kCodes[static_cast<std::size_t>(color)];
  painted += 'm';
  painted += text;
  painted += "\x1b[0m";
  return painted;
}

}  // namespace culvert
