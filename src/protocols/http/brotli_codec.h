// Undoes "br" (RFC 7932).
#pragma once

#include <memory>

#include "protocols/http/codec.h"

struct BrotliDecoderStateStruct;

namespace culvert::http1 {

class BrotliCodec final : public Codec {
 public:
  BrotliCodec();
  ~BrotliCodec() override;

  /// Begins a stream.
  void start();
  CodecStatus feed(Bytes in, CodecOutput& out) override;

 private:
  BrotliDecoderStateStruct* state_ = nullptr;
};

}  // namespace culvert::http1
