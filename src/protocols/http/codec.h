// One coding that is undone, as content_decoder.h stacks them.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace culvert::http1 {

class CodecOutput {
 public:
  virtual ~CodecOutput() = default;
  /// `bytes` are valid during the call. False: no more, stop decoding.
  virtual bool on_decoded(Bytes bytes) = 0;
};

enum class CodecStatus : std::uint8_t {
  kGoOn,     ///< more may come
  kEnd,      ///< the stream is complete; what follows is none of it
  kFailed,   ///< this is not the format; what came out before stays
  kStopped,  ///< the output asked to stop
};

class Codec {
 public:
  virtual ~Codec() = default;
  /// Decodes all of `in`, as far as it goes. Not after anything but kGoOn.
  [[nodiscard]] virtual CodecStatus feed(Bytes in, CodecOutput& out) = 0;
};

/// Bytes that come out of a codec at a time.
inline constexpr std::size_t kCodecChunkSize = 8 * 1024;

}  // namespace culvert::http1
