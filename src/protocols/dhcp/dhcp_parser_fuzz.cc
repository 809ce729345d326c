// Any bytes as datagrams, and one message of which they are the options.
#include <vector>

#include "event/json_writer.h"
#include "protocols/dhcp/dhcp_eve.h"
#include "protocols/dhcp/dhcp_parser.h"
#include "protocols/dhcp/dhcp_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  std::vector<std::byte> message(240);
  message.insert(message.end(), bytes.begin(), bytes.end());
  Flow flow;
  dhcp::DhcpParser parser;
  for (const Bytes datagram : {bytes, Bytes(message)}) {
    (void)parser.feed(
        {.flow = flow, .direction = Direction::kToServer, .bytes = datagram, .time = {}});
  }
  JsonWriter json;
  json.begin_object();
  for (const Transaction* transaction : parser.transactions()) {
    dhcp::write_metadata(flow, *transaction, json);
  }
  json.end_object();
  dhcp::DhcpParser of_both;
  fuzz_datagrams(of_both, dhcp::kDhcpProtocol, bytes);
  return 0;
}
