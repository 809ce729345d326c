// Views of untrusted memory. A Bytes never owns: it says how far one may look, not how long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace culvert {

/// A view of bytes that came from outside. Lives as long as what it views.
using Bytes = std::span<const std::byte>;

/// The bytes of a text, and the other way round; both view the same memory.
inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace culvert
