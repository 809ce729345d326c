// The inspection buffers http.*, of HTTP/1. Those of HTTP/2 have the same names: http2/.
#pragma once

#include <span>
#include <string_view>

#include "app/buffer.h"

namespace culvert::http1 {

extern const BufferSpec kHttpBuffers[29];

// Shared with HTTP/2.

/// Nothing where the text is null: it has not come.
inline std::optional<Bytes> text(std::string_view value) {
  if (value.data() == nullptr) return std::nullopt;
  return as_bytes(value);
}
inline void append(BufferScratch& scratch, std::string_view value) {
  const Bytes bytes = as_bytes(value);
  scratch.insert(scratch.end(), bytes.begin(), bytes.end());
}

}  // namespace culvert::http1

namespace culvert::http {

// What http.* say about patterns that can never match; for BufferSpec::complain, both versions.
std::string_view complain_of_method(std::string_view pattern, bool nocase);
std::string_view complain_of_host(std::string_view pattern, bool nocase);
std::string_view complain_of_protocol(std::string_view pattern, bool nocase);

}  // namespace culvert::http
