// Any bytes as datagrams from both ends in turn. Initial packets cannot be guessed, so what would
// be in them is given to its readers as well.
#include "protocols/quic/quic_frames.h"
#include "protocols/quic/quic_parser.h"
#include "protocols/quic/quic_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  quic::QuicParser parser;
  fuzz_datagrams(parser, quic::kQuicProtocol, bytes);

  quic::CryptoStream stream;
  (void)quic::for_each_crypto(
      bytes, [&](std::uint64_t offset, Bytes part) { (void)stream.add(offset, part); });
  const auto message = stream.message();
  if (const auto hello = quic::Hello::parse(message.value_or(bytes))) {
    (void)hello->ja3();
    (void)hello->ja4();
    quic::for_each_extension(*hello, [&](std::uint16_t type, Bytes content) {
      quic::for_each_value(type, content, [](std::string_view) {});
    });
  }
  return 0;
}
