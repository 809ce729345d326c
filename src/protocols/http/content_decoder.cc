#include "protocols/http/content_decoder.h"

#include <time.h>

#include <algorithm>

#include "protocols/http/coding_layer.h"
#include "protocols/http/content_coding.h"

namespace culvert::http1 {
namespace {

/// Decoded bytes for each coded one, beyond which it is a bomb.
constexpr std::uint64_t kBombRatio = 2048;
/// As much, up to which there is no suspicion: text shrinks to a fifth, logs to a fiftieth.
constexpr std::uint64_t kHonestRatio = 100;
/// The clock is read once for so many decoded bytes.
constexpr std::uint64_t kBytesPerClockReading = 256 * 1024;

std::chrono::nanoseconds thread_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

/// The layers of one body: what one puts out, the next takes in.
class ContentDecoder::Stack {
 public:
  Stack(const HttpOptions& options, const ContentCodings& codings, DecoderBudget& budget)
      : options_(options),
        budget_(budget),
        is_deflate_(codings.count == 1 && (codings.codings[0] == Coding::kGzip ||
                                           codings.codings[0] == Coding::kDeflate)),
        layers_(codings.count) {
    const std::uint64_t lzma_memory = options.lzma_enabled ? options.lzma_memlimit : 0;
    for (std::size_t i = 0; i < codings.count; ++i) {
      layers_[i].start(codings.codings[codings.count - 1 - i], lzma_memory);
    }
  }

  void feed(Bytes bytes, BodySink& sink) {
    in_bytes_ += bytes.size();
    if (is_over_) return;
    Output out(*this, 0, sink);
    static_cast<void>(layers_.front().feed(bytes, out));
    complain(sink);
    // What nobody has a use for is decoded only where it may still turn out to be a bomb: when
    // other codings than deflate take part, or it has grown as no honest body does.
    if (is_unwanted_ && is_deflate_ && out_bytes_ / kHonestRatio <= in_bytes_) is_over_ = true;
  }
  void finish(BodySink& sink) {
    for (std::size_t i = 0; i < layers_.size() && !is_over_; ++i) {
      Output out(*this, i, sink);
      static_cast<void>(layers_[i].finish(out));
    }
    complain(sink);
  }

 private:
  /// Takes what layer `index` puts out.
  class Output final : public CodecOutput {
   public:
    Output(Stack& stack, std::size_t index, BodySink& sink)
        : stack_(stack), index_(index), sink_(sink) {}
    bool on_decoded(Bytes bytes) override {
      if (index_ + 1 == stack_.layers_.size()) return stack_.put_out(bytes, sink_);
      Output next(stack_, index_ + 1, sink_);
      return stack_.layers_[index_ + 1].feed(bytes, next) && !stack_.is_over_;
    }

   private:
    Stack& stack_;
    std::size_t index_;
    BodySink& sink_;
  };

  bool put_out(Bytes bytes, BodySink& sink) {
    out_bytes_ += bytes.size();
    if ((out_bytes_ > options_.compression_bomb_limit && out_bytes_ / kBombRatio > in_bytes_) ||
        takes_too_long()) {
      is_over_ = true;
      sink.on_event(Event::kCompressionBomb);
      ++budget_.bombs;
      return false;
    }
    is_unwanted_ = !sink.on_body(bytes);
    return true;
  }

  /// Time is counted within calls only, and from the second reading of a call on.
  bool takes_too_long() {
    if (out_bytes_ < next_reading_) return false;
    next_reading_ = out_bytes_ + kBytesPerClockReading;
    const auto now = thread_time();
    if (has_reading_) spent_ += now - last_reading_;
    last_reading_ = now;
    has_reading_ = true;
    return options_.decompression_time_limit.count() != 0 &&
           spent_ > options_.decompression_time_limit;
  }

  void complain(BodySink& sink) {
    has_reading_ = false;
    const bool limit = std::ranges::any_of(layers_, &CodingLayer::reached_memory_limit);
    if (limit && !has_complained_) sink.on_event(Event::kLzmaMemlimitReached);
    has_complained_ = has_complained_ || limit;
  }

  const HttpOptions& options_;
  DecoderBudget& budget_;
  const bool is_deflate_;            ///< and nothing else: makes at most 1032 bytes of one
  std::vector<CodingLayer> layers_;  ///< the one that is undone first
  std::uint64_t in_bytes_ = 0, out_bytes_ = 0;
  std::uint64_t next_reading_ = kBytesPerClockReading;
  std::chrono::nanoseconds last_reading_{}, spent_{};
  bool has_reading_ = false;
  bool is_unwanted_ = false;  ///< by the sink, whatever comes
  bool is_over_ = false;
  bool has_complained_ = false;
};

ContentDecoder::ContentDecoder() = default;
ContentDecoder::~ContentDecoder() = default;
ContentDecoder::ContentDecoder(ContentDecoder&&) noexcept = default;
ContentDecoder& ContentDecoder::operator=(ContentDecoder&&) noexcept = default;

void ContentDecoder::start(const HttpOptions& options, std::string_view coding,
                           DecoderBudget& budget, BodySink& sink) {
  stack_.reset();
  if (coding.empty()) return;
  const ContentCodings codings = parse_content_coding(coding, options.decompress_layer_limit);
  if (codings.too_many_layers) sink.on_event(Event::kTooManyEncodingLayers);
  if (codings.is_abnormal) sink.on_event(Event::kAbnormalCeHeader);
  if (codings.count == 0) return;
  if (options.compression_bomb_count != 0 && budget.bombs >= options.compression_bomb_count) {
    sink.on_event(Event::kCompressionBombLimitReached);
    return;
  }
  stack_ = std::make_unique<Stack>(options, codings, budget);
}

void ContentDecoder::feed_stack(Bytes bytes, BodySink& sink) { stack_->feed(bytes, sink); }

void ContentDecoder::finish(BodySink& sink) {
  if (stack_ == nullptr) return;
  stack_->finish(sink);
  stack_.reset();
}

void ContentDecoder::reset() { stack_.reset(); }

}  // namespace culvert::http1
