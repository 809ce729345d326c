// The inspection buffers http.*, of HTTP/1. Those of HTTP/2 have the same names: http2/.
#pragma once

#include <span>
#include <string_view>

#include "app/buffer.h"

namespace culvert::http1 {

extern const BufferSpec kHttpBuffers[29];

}  // namespace culvert::http1

namespace culvert::http {

// What http.* say about patterns that can never match; for BufferSpec::complain, both versions.
std::string_view complain_of_method(std::string_view pattern, bool nocase);
std::string_view complain_of_host(std::string_view pattern, bool nocase);
std::string_view complain_of_protocol(std::string_view pattern, bool nocase);

}  // namespace culvert::http
