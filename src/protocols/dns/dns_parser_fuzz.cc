// Any bytes as datagram and as stream: parsed, read through each buffer, written as EVE. The stream
// is cut in two at a place that the input chooses.
#include <cstdint>

#include "event/json_writer.h"
#include "protocols/dns/dns_buffers.h"
#include "protocols/dns/dns_detect.h"
#include "protocols/dns/dns_eve.h"
#include "protocols/dns/dns_parser.h"
#include "protocols/dns/dns_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

namespace {

using namespace culvert;
using namespace culvert::dns;

void look_at(const AppParser& parser, const Flow& flow) {
  BufferScratch scratch;
  for (const Transaction* transaction : parser.transactions()) {
    for (const BufferSpec& buffer : kDnsBuffers) {
      const auto get = [&](std::uint32_t i) {
        return buffer.get({.flow = flow,
                           .transaction = *transaction,
                           .direction = Direction::kToClient,
                           .instance = i,
                           .scratch = scratch});
      };
      for (std::uint32_t i = 0; i < 100 && get(i); ++i) {
      }
    }
    JsonWriter json;
    json.begin_object();
    write_dns_metadata(flow, *transaction, json);
    write_mdns_metadata(flow, *transaction, json);
    json.end_object();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = std::as_bytes(std::span(data, size));
  Flow flow;
  const auto feed = [&](AppParser& parser, Bytes piece) {
    (void)parser.feed(
        {.flow = flow, .direction = Direction::kToServer, .bytes = piece, .time = {}});
  };
  (void)probe_udp(Direction::kToServer, bytes);
  (void)probe_tcp(Direction::kToServer, bytes);

  DnsUdpParser datagrams;
  feed(datagrams, bytes);
  look_at(datagrams, flow);

  DnsTcpParser whole;
  feed(whole, bytes);
  DnsTcpParser pieces;
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  feed(pieces, bytes.first(cut));
  feed(pieces, bytes.subspan(cut));
  if (whole.transaction_count() != pieces.transaction_count()) __builtin_trap();
  look_at(pieces, flow);
  DnsUdpParser udp;
  fuzz_datagrams(udp, kDnsProtocol, bytes);
  DnsTcpParser tcp;
  fuzz_stream(tcp, kDnsProtocol, bytes);
  return 0;
}
