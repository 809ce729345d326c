#include "protocols/http/brotli_codec.h"

#include <brotli/decode.h>

#include <array>

namespace culvert::http1 {

BrotliCodec::BrotliCodec() { start(); }
BrotliCodec::~BrotliCodec() { BrotliDecoderDestroyInstance(state_); }

void BrotliCodec::start() {
  if (state_ != nullptr) {
    if (!BrotliDecoderIsUsed(state_)) return;
    BrotliDecoderDestroyInstance(state_);
  }
  state_ = BrotliDecoderCreateInstance(nullptr, nullptr, nullptr);
  if (state_ == nullptr) std::abort();  // out of memory
}

CodecStatus BrotliCodec::feed(Bytes in, CodecOutput& out) {
  std::array<std::byte, kCodecChunkSize> buffer;
  const auto* next_in = reinterpret_cast<const std::uint8_t*>(in.data());
  std::size_t left = in.size();
  for (;;) {
    auto* next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
    std::size_t room = buffer.size();
    const BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state_, &left, &next_in, &room, &next_out, nullptr);
    const std::size_t made = buffer.size() - room;
    if (made != 0 && !out.on_decoded(Bytes(buffer).first(made))) return CodecStatus::kStopped;
    switch (result) {
      case BROTLI_DECODER_RESULT_SUCCESS:
        return CodecStatus::kEnd;
      case BROTLI_DECODER_RESULT_ERROR:
        return CodecStatus::kFailed;
      case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
        return CodecStatus::kGoOn;
      case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        break;
    }
  }
}

}  // namespace culvert::http1
