#include <cstddef>
#include <cstdint>
#include <string>

#include "protocols/http/multipart.h"

namespace {

struct Count final : culvert::http1::MultipartSink {
  void begin_part(std::string_view) override {}
  void on_part(culvert::Bytes) override {}
  void end_part() override {}
  void complain(Complaint) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  culvert::http1::MultipartParser parser;
  Count sink;
  parser.start("multipart/form-data; boundary=b");
  const auto all = std::as_bytes(std::span(data, size)).subspan(1);
  const std::size_t cut = all.empty() ? 0 : data[0] % (all.size() + 1);
  parser.feed(all.first(cut), sink);
  parser.feed(all.subspan(cut), sink);
  parser.finish(sink);
  return 0;
}
