// suricata.base64: encoding, and decoding in several tempers.

#include <vector>

#include "detect/base64.h"
#include "event/json_text.h"
#include "lua/library.h"

namespace culvert::lua {
namespace {

enum class Padding { kNeeded, kNone, kOptional };

template <bool kPadded>
int encode(lua_State* state) {
  const std::string_view input = check_text(state, 1);
  TextBuffer out(input.size() / 3 * 4 + 4);
  append_base64(out, as_bytes(input));
  std::string_view text = out.text();
  if (!kPadded) text = text.substr(0, text.find('='));
  return push_text(state, text);
}

int decode_as(lua_State* state, std::string_view text, Base64Mode mode) {
  std::vector<std::byte> out;
  if (!text.empty() && !decode_base64(as_bytes(text), mode, out)) {
    return luaL_error(state, "invalid base64");
  }
  return push_bytes(state, out);
}

template <Padding kPadding>
int decode(lua_State* state) {
  std::string_view text = check_text(state, 1);
  const std::size_t digits = text.substr(0, text.find('=')).size();
  const std::size_t padding = text.size() - digits;
  const std::size_t wanted = (4 - digits % 4) % 4;
  const bool sound = digits % 4 != 1 && text.find_first_not_of('=', digits) == text.npos &&
                     (padding == wanted ? kPadding != Padding::kNone || wanted == 0
                                        : padding == 0 && kPadding != Padding::kNeeded);
  if (!sound) return luaL_error(state, "invalid base64: padding");
  if (padding != 0 || wanted == 0) return decode_as(state, text, Base64Mode::kStrict);
  std::string padded(text);
  padded.append(wanted, '=');
  return decode_as(state, padded, Base64Mode::kStrict);
}

template <Base64Mode kMode>
int decode_leniently(lua_State* state) {
  return decode_as(state, check_text(state, 1), kMode);
}

constexpr luaL_Reg kFunctions[] = {
    {"encode", encode<true>},
    {"encode_nopad", encode<false>},
    {"decode", decode<Padding::kNeeded>},
    {"decode_nopad", decode<Padding::kNone>},
    {"decode_padopt", decode<Padding::kOptional>},
    {"decode_rfc2045", decode_leniently<Base64Mode::kRfc2045>},
    {"decode_rfc4648", decode_leniently<Base64Mode::kRfc4648>}};

}  // namespace

int open_base64(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
