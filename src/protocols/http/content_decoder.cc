#include "protocols/http/content_decoder.h"

namespace culvert::http1 {

void ContentDecoder::start(const HttpOptions&, std::string_view, DecoderBudget&, BodySink&) {}
void ContentDecoder::feed(Bytes bytes, BodySink& sink) { sink.on_body(bytes); }
void ContentDecoder::finish(BodySink&) {}
void ContentDecoder::reset() {}

}  // namespace culvert::http1
