// Any bytes from both ends.
#include "protocols/pgsql/pgsql_parser.h"
#include "protocols/pgsql/pgsql_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const pgsql::PgsqlOptions options{.max_transactions = 16, .max_responses = 21};
  pgsql::PgsqlParser parser(options);
  fuzz_stream(parser, pgsql::kPgsqlProtocol, bytes);
  return 0;
}
