#include "protocols/http/best_fit.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace culvert::http1 {
namespace {

/// Code points in a row, and the characters that fit them.
struct Run {
  char32_t first;
  std::string_view fits;
};
constexpr Run kRuns[] = {
    {0x0100, "AaAaAaCcCcCcCcDd"}, {0x0111, "dEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi"}, {0x0134, "JjKk"},
    {0x0139, "LlLlLl"}, {0x0141, "LlNnNnNn"}, {0x014c, "OoOoOo"}, {0x0154, "RrRrRrSsSsSs"},
    {0x0162, "TtTtTtUuUuUuUuUuUuWwYy"}, {0x0179, "Z"}, {0x017b, "Zz"}, {0x0180, "b"},
    {0x0197, "I"}, {0x019a, "l"}, {0x019f, "OOo"}, {0x01ab, "t"}, {0x01ae, "TUu"}, {0x01b6, "z"},
    {0x01c0, "|"}, {0x01c3, "!"}, {0x01cd, "AaIiOoUuUuUuUuUu"}, {0x01de, "Aa"},
    {0x01e4, "GgGgKkOoOo"}, {0x01f0, "j"}, {0x0261, "g"}, {0x02b9, "'\""}, {0x02bc, "'"},
    {0x02c4, "^"}, {0x02c8, "'"}, {0x02cb, "`"}, {0x02cd, "_"}, {0x0300, "`"}, {0x0302, "^~"},
    {0x030e, "\""}, {0x0331, "__"}, {0x037e, ";"}, {0x0393, "G"}, {0x0398, "T"}, {0x03a3, "S"},
    {0x03a6, "F"}, {0x03a9, "O"}, {0x03b1, "a"}, {0x03b4, "de"}, {0x03c0, "p"}, {0x03c3, "st"},
    {0x03c6, "f"}, {0x04bb, "h"}, {0x0589, ":"}, {0x066a, "%"}, {0x2000, "       "},
    {0x2010, "--"}, {0x2017, "="}, {0x2032, "'"}, {0x2035, "`"}, {0x2044, "/"}, {0x2074, "45678"},
    {0x207f, "n0123456789"}, {0x20a7, "P"}, {0x2102, "C"}, {0x2107, "E"}, {0x210a, "gHHHh"},
    {0x2110, "IILl"}, {0x2115, "N"}, {0x2118, "PPQRRR"}, {0x2124, "Z"}, {0x2128, "Z"},
    {0x212a, "K"}, {0x212c, "BCeeEF"}, {0x2133, "Mo"}, {0x2212, "-"}, {0x2215, "/\\*"},
    {0x221a, "v"}, {0x221e, "8"}, {0x2223, "|"}, {0x2229, "n"}, {0x2236, ":"}, {0x223c, "~"},
    {0x2261, "="}, {0x2264, "=="}, {0x2303, "^"}, {0x2320, "()"}, {0x2329, "<>"}, {0x2500, "-"},
    {0x250c, "+"}, {0x2510, "+"}, {0x2514, "+"}, {0x2518, "+"}, {0x251c, "+"}, {0x252c, "-"},
    {0x2534, "-"}, {0x253c, "+"}, {0x2550, "-"}, {0x2552, "++++++++++++"}, {0x2564, "------+++"},
    {0x2584, "_"}, {0x2758, "|"}, {0x3000, " "}, {0x3008, "<>"}, {0x301a, "[]"},
    {0xff01, "!\"#$%&'()*+,-./0123456789:;<=>"},
    {0xff20, "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"},
};

}  // namespace

std::uint8_t best_fit(char32_t code_point, std::uint8_t replacement) {
  if (code_point < 0x100) return static_cast<std::uint8_t>(code_point);
  const Run* const after = std::ranges::upper_bound(kRuns, code_point, {}, &Run::first);
  if (after == std::begin(kRuns)) return replacement;
  const Run& run = *std::prev(after);
  const std::size_t at = code_point - run.first;
  return at < run.fits.size() ? static_cast<std::uint8_t>(run.fits[at]) : replacement;
}

}  // namespace culvert::http1
