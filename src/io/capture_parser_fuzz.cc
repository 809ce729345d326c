// Any bytes as a capture file: it ends, and packets lie within what was consumed.
#include <cstdlib>

#include "io/capture_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using culvert::CaptureParser;
  culvert::Bytes rest = std::as_bytes(std::span(data, size));
  CaptureParser parser;
  for (std::size_t turns = 0;; ++turns) {
    if (turns > size + 2) std::abort();  // a turn that consumed nothing, again
    CaptureParser::Record record;
    std::size_t consumed = 0;
    const auto status = parser.next(rest, consumed, record);
    if (status == CaptureParser::Status::kPacket && record.data.size() > consumed) std::abort();
    if (status == CaptureParser::Status::kNeedMore || status == CaptureParser::Status::kBroken) {
      break;
    }
    rest = rest.subspan(consumed);
  }
  static_cast<void>(parser.end(rest.size()));
  return 0;
}
