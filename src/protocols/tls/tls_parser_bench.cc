#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>

#include "protocols/tls/fingerprint.h"
#include "protocols/tls/tls_parser.h"
#include "protocols/tls/tls_testing.h"

namespace culvert::tls {
namespace {

const Octets& client_flight() {
  static const Octets flight =
      record(22, client_hello({sni_extension("www.example.com"), alpn_extension({"h2", "http/1.1"}),
                               extension(10, counted(2, numbers({29, 23, 24}))),
                               extension(13, counted(2, numbers({0x0403, 0x0804, 0x0401})))}));
  return flight;
}
const Octets& server_flight() {
  static const Octets flight = record(22, server_hello({alpn_extension({"h2"})})) +
                               record(22, certificates({example_certificate()})) +
                               record(22, handshake(12, Octets(300))) +
                               record(22, handshake(14, {}));
  return flight;
}

ParseStatus feed(TlsParser& parser, Flow& flow, Direction direction, Bytes bytes) {
  return parser.feed({.flow = flow, .direction = direction, .bytes = bytes, .time = {}});
}

/// A TLS 1.2 handshake with one certificate, as a recycled parser sees it.
void handshake(benchmark::State& state) {
  const TlsOptions options;
  TlsParser parser(options);
  Flow flow;
  for (auto _ : state) {
    (void)feed(parser, flow, Direction::kToServer, client_flight());
    (void)feed(parser, flow, Direction::kToClient, server_flight());
    const auto& tx = static_cast<const TlsTransaction&>(*parser.transactions().front());
    if (tx.sni != "www.example.com" || !tx.server.certificate.parsed) std::abort();
    if (state.range(0) != 0 && !(make_ja3(tx) && make_ja3s(tx) && make_ja4(tx))) std::abort();
    parser.free_transaction(parser.transactions().front());
    parser.recycle();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(
      state.iterations() * (client_flight().size() + server_flight().size())));
}
BENCHMARK(handshake)->ArgName("fingerprints")->Arg(0)->Arg(1);

/// Application data: full records, in segments of an Ethernet's size.
void application_data(benchmark::State& state) {
  const TlsOptions options;
  TlsParser parser(options);
  Flow flow;
  const Octets stream = record(23, Octets(16384));
  constexpr std::size_t kSegment = 1448;
  for (auto _ : state) {
    for (Bytes rest = stream; !rest.empty();) {
      const Bytes segment = rest.first(std::min(kSegment, rest.size()));
      rest = rest.subspan(segment.size());
      if (feed(parser, flow, Direction::kToClient, segment) == ParseStatus::kMalformed)
        std::abort();
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * stream.size()));
}
BENCHMARK(application_data);

}  // namespace
}  // namespace culvert::tls
