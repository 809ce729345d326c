// Content codings (RFC 9110 section 8.4): a body's bytes through the codings that its header names.
// Fed piece by piece; any split gives the same.
#pragma once

#include <cstdint>
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
  /// `bytes` are valid during the call.
  virtual void on_body(Bytes bytes) = 0;
  virtual void on_event(Event event) = 0;
};

/// Decodes one body. Memory is bounded by the options; kept for the next body by reset().
class ContentDecoder {
 public:
  /// `coding`: the value of Content-Encoding (of all such lines, joined by ", "), which the caller
  /// keeps. Events about the header go to `sink` at once.
  void start(const HttpOptions& options, std::string_view coding, DecoderBudget& budget,
             BodySink& sink);
  /// Whether bytes come out as they go in.
  bool is_identity() const { return true; }
  void feed(Bytes bytes, BodySink& sink);
  /// No more bytes of this body: what is still inside comes out.
  void finish(BodySink& sink);
  /// For another body.
  void reset();
};

}  // namespace culvert::http1
