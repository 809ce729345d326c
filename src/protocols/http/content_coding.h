// The header Content-Encoding: which codings, in which order, and what is odd about it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace culvert::http1 {

enum class Coding : std::uint8_t { kGzip, kDeflate, kBrotli, kLzma };

struct ContentCodings {
  static constexpr std::size_t kMost = 16;  ///< whatever the options say
  std::array<Coding, kMost> codings{};      ///< in the order of the header: the last is undone first
  std::size_t count = 0;
  bool is_abnormal = false;      ///< something unknown, or close to a known name
  bool too_many_layers = false;  ///< what is beyond `layer_limit` is not in `codings`
};

/// Lenient as browsers are: "gzip;q=1" and "xgzip" count as gzip. Each name counts as a layer, those
/// that mean nothing as well.
ContentCodings parse_content_coding(std::string_view value, std::size_t layer_limit);

}  // namespace culvert::http1
