// Content codings (RFC 9110 section 8.4): a body's bytes through the codings that its header names.
// Fed piece by piece; any split gives the same.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "protocols/http/http_events.h"
#include "protocols/http/http_options.h"

namespace culvert::http1 {

/// What a flow has spent on decompression; its transactions share it.
struct DecoderBudget {
  std::uint32_t bombs = 0;  ///< compression bombs so far
};

/// Takes what was decoded, and complaints.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// `bytes` are valid during the call. False: whatever comes after them changes nothing.
  virtual bool on_body(Bytes bytes) = 0;
  virtual void on_event(Event event) = 0;
};

/// Decodes one body, as long as the sink has a use for it. Its memory is there from start() of a
/// body that is coded to its finish(): for each coding about 90 KB and up to 64 KB of coded bytes,
/// and what the options allow for LZMA.
class ContentDecoder {
 public:
  ContentDecoder();
  ~ContentDecoder();
  ContentDecoder(ContentDecoder&&) noexcept;
  ContentDecoder& operator=(ContentDecoder&&) noexcept;

  /// `coding`: the value of Content-Encoding (of all such lines, joined by ", "); it is not kept.
  /// Events about the header go to `sink` at once. `options` and `budget` outlive the body.
  void start(const HttpOptions& options, std::string_view coding, DecoderBudget& budget,
             BodySink& sink);
  /// Whether bytes come out as they go in.
  bool is_identity() const { return stack_ == nullptr; }
  void feed(Bytes bytes, BodySink& sink) {
    if (is_identity()) {
      sink.on_body(bytes);
    } else {
      feed_stack(bytes, sink);
    }
  }
  /// No more bytes of this body: what is still inside comes out.
  void finish(BodySink& sink);
  /// For another body.
  void reset();

 private:
  class Stack;
  void feed_stack(Bytes bytes, BodySink& sink);

  std::unique_ptr<Stack> stack_;  ///< null: nothing to undo
};

}  // namespace culvert::http1
