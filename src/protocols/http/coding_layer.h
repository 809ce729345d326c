// One layer of content coding. Servers do not always send what their header says, so the first
// bytes decide: "gzip" may be zlib or raw deflate, "deflate" may be gzip, and what is neither goes
// by as it is.
//
//   "deflate", 78 9c ...   tried on the front: zlib works             -> zlib
//   "deflate", <html>...   zlib does not, raw does not, gzip does not -> as it is
//
// Any split of the input gives the same output.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "protocols/http/brotli_codec.h"
#include "protocols/http/codec.h"
#include "protocols/http/content_coding.h"
#include "protocols/http/inflater.h"
#include "protocols/http/lzma_codec.h"

namespace culvert::http1 {

class CodingLayer {
 public:
  /// `lzma_memory`: bytes for a dictionary; 0: LZMA goes by as it is.
  void start(Coding coding, std::uint64_t lzma_memory);
  /// False: the output asked to stop.
  bool feed(Bytes in, CodecOutput& out);
  /// No more input.
  bool finish(CodecOutput& out);
  bool reached_memory_limit() const { return lzma_ != nullptr && lzma_->reached_limit(); }

 private:
  enum class Form : std::uint8_t { kGzip, kZlib, kRaw, kBrotli, kLzma };
  enum class State : std::uint8_t {
    kDeciding,  ///< the front is held
    kDecoding,
    kPassing,  ///< as it is
    kOver,     ///< the stream has ended; what follows is dropped
  };
  /// How a form does on the front of the body.
  struct Trial {
    CodecStatus status;
    std::size_t made;
  };
  static constexpr std::size_t kFrontSize = 256;  ///< bytes that decide

  std::span<const Form> forms() const;
  Codec& begin(Form form);
  Trial try_form(Form form, Bytes front);
  Trial decode_gzip(Bytes in, CodecOutput& out);
  bool decide(Bytes front, bool is_all, CodecOutput& out);
  bool decode(Bytes in, CodecOutput& out);
  /// What a codec's answer means for this layer. False: the output asked to stop.
  bool follow(CodecStatus status);

  Coding coding_ = Coding::kGzip;
  State state_ = State::kDeciding;
  std::uint64_t lzma_memory_ = 0;
  Codec* codec_ = nullptr;  ///< the one that decodes
  std::vector<std::byte> held_;
  std::unique_ptr<Inflater> inflater_;
  std::unique_ptr<BrotliCodec> brotli_;
  std::unique_ptr<LzmaCodec> lzma_;
};

}  // namespace culvert::http1
