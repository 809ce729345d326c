// Segments out of the fuzzer's bytes through flow table and tracker: whatever ends send, what is handed
// over is in order, without a byte twice. 10 bytes a segment; the first byte of all chooses options.
#include <cstdlib>

#include "stream/tcp_talk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  if (size == 0) return 0;
  StreamOptions options;
  options.inline_mode = (data[0] & 1) != 0;
  options.midstream = (data[0] & 2) != 0;
  options.async_oneside = (data[0] & 4) != 0;
  options.urgent_policy = static_cast<UrgentPolicy>(data[0] >> 3 & 3);
  options.depth_bytes = (data[0] & 32) != 0 ? 100 : 0;
  options.reassembly_memcap_bytes = options.memcap_bytes = 1u << 20;
  FlowOptions flow_options;
  flow_options.prealloc = 0;
  flow_options.hash_size = 64;  // a large table each time is most of the time
  flow_options.memcap_bytes = 65536;
  TcpTalk talk(options, flow_options);
  if ((data[0] & 64) != 0) talk.handshake();
  std::string payload;
  for (std::size_t at = 1; at + 10 <= size && at < 4000; at += 10) {
    const std::uint8_t* const p = data + at;
    payload.assign(p[5] % 64, static_cast<char>(p[6]));
    talk.send((p[0] & 1) != 0 ? Direction::kToServer : Direction::kToClient,
              {.seq = ((p[0] & 1) != 0 ? 101u : 501u) + p[1] + (p[0] & 2u ? 0xffffff00u : 0u),
               .ack = ((p[0] & 1) != 0 ? 501u : 101u) + p[2],
               .flags = p[3],
               .data = payload,
               .window = static_cast<std::uint16_t>(p[4] << 6),
               .urgent = static_cast<std::uint16_t>(p[7] % 70)});
    if ((p[8] & 15) == 1 && talk.packet.flow != nullptr) talk.tracker.swap(talk.packet);
    talk.take = p[9] < 200 ? ~std::size_t{0} : p[9] % 3u;
    if (!talk.in_order && (p[8] & 15) != 1) break;
  }
  talk.flows.shutdown();
  return 0;
}
