#include "net/tcp.h"

#include "base/byte_cursor.h"

namespace culvert {
namespace {

constexpr std::uint8_t kMaxWindowScale = 14;
constexpr std::uint16_t kFastOpenMagic = 0xf989;  // RFC 6994 experiment of RFC 7413 section 4.1.1

/// The first of its kind is kept, a later one noted.
template <class T>
void keep_first(std::optional<T>& slot, T value, bool& duplicate) {
  if (slot) {
    duplicate = true;
  } else {
    slot = value;
  }
}

}  // namespace

TcpOptions TcpOptions::parse(Bytes options) {
  TcpOptions found;
  ByteCursor in(options);
  while (!in.empty()) {
    const std::uint8_t kind = in.u8();
    if (kind == 0) break;     // end of list
    if (kind == 1) continue;  // no operation
    if (in.empty()) break;    // a kind without a length: padding gone wrong
    const std::size_t length = in.u8();
    if (length < 2 || length - 2 > in.size()) {
      found.has_invalid_length = true;
      break;
    }
    ByteCursor body(in.take(length - 2));
    switch (kind) {
      case 2:
        if (length != 4) {
          found.has_invalid_length = true;
        } else {
          keep_first(found.mss, body.u16(), found.has_duplicate);
        }
        break;
      case 3:
        if (length != 3) {
          found.has_invalid_length = true;
        } else {
          const std::uint8_t scale = body.u8();
          if (scale > kMaxWindowScale) found.has_large_window_scale = true;
          keep_first(found.window_scale, scale, found.has_duplicate);
        }
        break;
      case 4:
        if (length != 2) {
          found.has_invalid_length = true;
        } else {
          found.has_duplicate = found.has_duplicate || found.sack_permitted;
          found.sack_permitted = true;
        }
        break;
      case 5:
        if (length < 10 || length > 34 || (length - 2) % 8 != 0) {
          found.has_invalid_length = true;
        } else if (!found.sack.empty()) {
          found.has_duplicate = true;
        } else {
          found.sack = body.rest();
        }
        break;
      case 8:
        if (length != 10) {
          found.has_invalid_length = true;
        } else {
          const std::uint32_t value = body.u32(), echo = body.u32();
          keep_first(found.timestamps, Timestamps{value, echo}, found.has_duplicate);
        }
        break;
      case 19:
        if (length != 18) {
          found.has_invalid_length = true;
        } else {
          found.md5 = body.rest();
        }
        break;
      case 29:
        if (length < 4) {
          found.has_invalid_length = true;
        } else {
          found.ao = body.rest();
        }
        break;
      case 254:
        if (body.size() < 2 || body.u16() != kFastOpenMagic) break;
        [[fallthrough]];
      case 34: {
        const std::size_t cookie = body.size();
        if (cookie != 0 && (cookie < 4 || cookie > 16 || cookie % 2 != 0)) {
          found.has_invalid_length = true;
        } else if (found.fast_open) {
          found.has_duplicate = true;
        } else {
          found.fast_open = true;
          found.fast_open_cookie = body.rest();
        }
        break;
      }
      default:
        break;
    }
  }
  return found;
}

}  // namespace culvert
