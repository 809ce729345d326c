// Any bytes as what both ends say.
#include "protocols/modbus/modbus_parser.h"
#include "protocols/modbus/modbus_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const modbus::ModbusOptions options{.request_flood = 8};
  modbus::ModbusParser parser(options);
  fuzz_stream(parser, modbus::kModbusProtocol, std::as_bytes(std::span(data, size)));
  return 0;
}
