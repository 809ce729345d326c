// Any bytes as what both ends say, in a stream or as datagrams.
#include "protocols/nfs/nfs_parser.h"
#include "protocols/nfs/nfs_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const nfs::NfsOptions options{.max_transactions = 64};
  const Bytes input = std::as_bytes(std::span(data, size));
  nfs::NfsParser stream(options, true), datagrams(options, false);
  fuzz_stream(stream, nfs::kNfsProtocol, input);
  fuzz_datagrams(datagrams, nfs::kNfsProtocol, input);
  return 0;
}
