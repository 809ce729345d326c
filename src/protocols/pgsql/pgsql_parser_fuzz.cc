// Any bytes from both ends in turn.
#include "protocols/pgsql/pgsql_parser.h"
#include "protocols/pgsql/pgsql_protocol.h"
#include "protocols/text/datagram_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const pgsql::PgsqlOptions options{.max_transactions = 16, .max_responses = 21};
  pgsql::PgsqlParser parser(options);
  fuzz_datagrams(parser, pgsql::kPgsqlProtocol, std::as_bytes(std::span(data, size)));
  return 0;
}
