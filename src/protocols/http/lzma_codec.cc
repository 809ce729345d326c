#include "protocols/http/lzma_codec.h"

#include <lzma.h>

#include <algorithm>

namespace culvert::http1 {
namespace {

constexpr std::size_t kDictionaryAt = 1;
constexpr std::uint32_t kSmallestDictionary = 4096;

}  // namespace

struct LzmaCodec::State {
  lzma_stream stream = LZMA_STREAM_INIT;
  ~State() { lzma_end(&stream); }
};

LzmaCodec::LzmaCodec() : state_(std::make_unique<State>()) {}
LzmaCodec::~LzmaCodec() = default;

void LzmaCodec::start(std::uint64_t most_memory) {
  most_memory_ = most_memory;
  header_bytes_ = 0;
  made_ = 0;
  is_reduced_ = reached_limit_ = false;
  // Its own memory beside the dictionary, as it counts it, is a few hundred KB.
  if (lzma_alone_decoder(&state_->stream, UINT64_MAX) != LZMA_OK) std::abort();  // out of memory
}

CodecStatus LzmaCodec::feed(Bytes in, CodecOutput& out) {
  if (header_bytes_ < kHeaderSize) {
    const std::size_t taken = std::min(in.size(), kHeaderSize - header_bytes_);
    std::ranges::copy(in.first(taken), header_.begin() + static_cast<std::ptrdiff_t>(header_bytes_));
    header_bytes_ += taken;
    in = in.subspan(taken);
    if (header_bytes_ < kHeaderSize) return CodecStatus::kGoOn;
    std::uint32_t wanted = 0;
    for (std::size_t i = 4; i-- > 0;) {
      wanted = wanted << 8 | std::to_integer<std::uint32_t>(header_[kDictionaryAt + i]);
    }
    const std::uint64_t most = std::max<std::uint64_t>(most_memory_, kSmallestDictionary);
    is_reduced_ = wanted > most;
    if (is_reduced_) {
      // liblzma takes powers of two, and those plus half of it, for sizes that an encoder may write.
      dictionary_ = kSmallestDictionary;
      while (std::uint64_t{dictionary_} * 2 <= most) dictionary_ *= 2;
      for (std::size_t i = 0; i < 4; ++i) {
        header_[kDictionaryAt + i] = static_cast<std::byte>(dictionary_ >> (8 * i));
      }
    }
    const CodecStatus status = decode(header_, out);
    if (status != CodecStatus::kGoOn) return status;
  }
  return in.empty() ? CodecStatus::kGoOn : decode(in, out);
}

CodecStatus LzmaCodec::decode(Bytes in, CodecOutput& out) {
  std::array<std::byte, kCodecChunkSize> buffer;
  lzma_stream& stream = state_->stream;
  stream.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
  stream.avail_in = in.size();
  for (;;) {
    stream.next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
    stream.avail_out = buffer.size();
    const lzma_ret result = lzma_code(&stream, LZMA_RUN);
    const std::size_t made = buffer.size() - stream.avail_out;
    made_ += made;
    if (made != 0 && !out.on_decoded(Bytes(buffer).first(made))) return CodecStatus::kStopped;
    if (result == LZMA_STREAM_END) return CodecStatus::kEnd;
    if (result == LZMA_BUF_ERROR) return CodecStatus::kGoOn;
    if (result != LZMA_OK) {
      reached_limit_ = is_reduced_ && made_ >= dictionary_;
      return CodecStatus::kFailed;
    }
    if (stream.avail_out != 0 && stream.avail_in == 0) return CodecStatus::kGoOn;
  }
}

}  // namespace culvert::http1
