// Any body under any coding: bounded, and the same in one piece or two.
#include <cstdlib>
#include <string>

#include "protocols/http/content_decoder.h"

namespace culvert::http1 {
namespace {

struct Collected final : BodySink {
  bool on_body(Bytes bytes) override {
    text += as_text(bytes);
    return true;
  }
  void on_event(Event) override {}
  std::string text;
};

std::string decode(std::string_view coding, Bytes body, std::size_t cut) {
  HttpOptions options;
  options.decompress_layer_limit = 4;
  options.decompression_time_limit = {};
  ContentDecoder decoder;
  DecoderBudget budget;
  Collected sink;
  decoder.start(options, coding, budget, sink);
  decoder.feed(body.first(cut), sink);
  decoder.feed(body.subspan(cut), sink);
  decoder.finish(sink);
  return std::move(sink.text);
}

}  // namespace
}  // namespace culvert::http1

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  constexpr std::string_view kCodings[] = {"gzip", "deflate", "br",  "lzma", "gzip,gzip",
                                           "deflate,br", "lzma,gzip", "foo,gzip;x"};
  if (size < 2) return 0;
  const std::string_view coding = kCodings[data[0] % std::size(kCodings)];
  const Bytes body = std::as_bytes(std::span(data + 2, size - 2));
  const std::size_t cut = body.empty() ? 0 : data[1] % (body.size() + 1);
  const std::string whole = http1::decode(coding, body, 0);
  // A bomb is noticed a little sooner or later.
  if (whole.size() < (1u << 20) && http1::decode(coding, body, cut) != whole) std::abort();
  return 0;
}
