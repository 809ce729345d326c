// Any bytes from both ends: the first byte says where the client's end and the server's begin, and
// the second where they are cut.
#include <cstdint>
#include <string>

#include "event/json_writer.h"
#include "protocols/ssh/ssh_eve.h"
#include "protocols/ssh/ssh_parser.h"
#include "protocols/ssh/ssh_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  if (size < 2) return 0;
  const Bytes bytes = std::as_bytes(std::span(data, size)).subspan(2);
  const std::size_t border = data[0] * bytes.size() / 255;
  const ssh::SshOptions options{.hassh = FingerprintMode::kYes};
  Flow flow;
  const auto run = [&](std::size_t piece_size) {
    ssh::SshParser parser(options);
    const auto feed = [&](Direction direction, Bytes rest) {
      while (!rest.empty()) {
        const Bytes piece = rest.first(std::min(piece_size, rest.size()));
        rest = rest.subspan(piece.size());
        (void)parser.feed({.flow = flow, .direction = direction, .bytes = piece, .time = {}});
      }
    };
    feed(Direction::kToServer, bytes.first(border));
    feed(Direction::kToClient, bytes.subspan(border));
    JsonWriter json;
    json.begin_object();
    if (!parser.transactions().empty()) {
      ssh::write_metadata(flow, *parser.transactions()[0], json);
    }
    json.end_object();
    return std::string(json.text());
  };
  if (run(size) != run(1u + data[1])) __builtin_trap();
  ssh::SshParser parser(options);
  fuzz_stream(parser, ssh::kSshProtocol, std::as_bytes(std::span(data, size)));
  return 0;
}
