// Any bytes as datagrams.
#include "protocols/snmp/snmp_parser.h"
#include "protocols/snmp/snmp_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  snmp::SnmpParser parser;
  fuzz_datagrams(parser, snmp::kSnmpProtocol, std::as_bytes(std::span(data, size)));
  return 0;
}
