#include "net/tcp.h"

#include "base/byte_cursor.h"

namespace culvert {
namespace {

constexpr std::uint8_t kMaxWindowScale = 14;
constexpr std::uint16_t kFastOpenMagic = 0xf989;  // RFC 6994 experiment of RFC 7413 section 4.1.1

/// The first of its kind is kept, a later one noted.
template <class T>
void keep_first(std::optional<T>& slot, T value, std::uint8_t& duplicates) {
  if (slot) {
    ++duplicates;
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
      found.malformed = true;
      break;
    }
    ByteCursor body(in.take(length - 2));
    switch (kind) {
      case 2:
        if (length != 4) {
          ++found.wrong_length;
        } else {
          keep_first(found.mss, body.u16(), found.duplicates);
        }
        break;
      case 3:
        if (length != 3) {
          ++found.wrong_length;
        } else if (found.window_scale) {
          ++found.duplicates;
        } else {
          found.window_scale = body.u8();
          if (*found.window_scale > kMaxWindowScale) ++found.large_window_scale;
        }
        break;
      case 4:
        if (length != 2) {
          ++found.wrong_length;
        } else if (found.sack_permitted) {
          ++found.duplicates;
        } else {
          found.sack_permitted = true;
        }
        break;
      case 5:
        if (length > 34 || (length - 2) % 8 != 0) {
          ++found.wrong_length;
        } else if (!found.sack.empty()) {
          ++found.duplicates;
        } else {
          found.sack = body.rest();
        }
        break;
      case 8:
        if (length != 10) {
          ++found.wrong_length;
        } else {
          const std::uint32_t value = body.u32(), echo = body.u32();
          keep_first(found.timestamps, Timestamps{value, echo}, found.duplicates);
        }
        break;
      case 19:
        if (length != 18) {
          found.malformed = true;
        } else {
          found.md5 = body.rest();
        }
        break;
      case 29:
        if (length < 4) {
          found.malformed = true;
        } else {
          found.ao = body.rest();
        }
        break;
      case 253:
      case 254:
        // Experiments; fast open was one, with a cookie of 8 bytes or a request for one.
        if (length != 4 && length != 12) {
          ++found.wrong_length;
          break;
        }
        if (body.u16() != kFastOpenMagic) break;
        [[fallthrough]];
      case 34:
        if (length > 18 || length % 2 != 0) {
          ++found.wrong_length;
        } else if (found.fast_open) {
          ++found.duplicates;
        } else {
          found.fast_open = true;
          found.fast_open_cookie = body.rest();
        }
        break;
      default:
        break;
    }
  }
  return found;
}

}  // namespace culvert
