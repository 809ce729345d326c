// Any bytes as what both ends say.
#include "protocols/dnp3/dnp3_parser.h"
#include "protocols/dnp3/dnp3_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const dnp3::Dnp3Options options{.max_transactions = 64,
                                  .objects = {.max_objects = 64, .max_points = 1024}};
  dnp3::Dnp3Parser parser(options);
  fuzz_stream(parser, dnp3::kDnp3Protocol, std::as_bytes(std::span(data, size)));
  return 0;
}
