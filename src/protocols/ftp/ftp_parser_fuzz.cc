#include <cstddef>
#include <cstdint>

#include "protocols/ftp/ftp_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const culvert::ftp::FtpOptions options{.max_line = 64, .max_transactions = 16};
  culvert::Flow flow;
  culvert::ftp::FtpParser parser(options);
  auto rest = std::as_bytes(std::span(data, size));
  while (rest.size() > 1) {  // direction and size, then as many bytes
    const auto head = std::to_integer<unsigned>(rest[0]);
    rest = rest.subspan(1);
    const auto piece = rest.first(std::min<std::size_t>(head >> 1, rest.size()));
    rest = rest.subspan(piece.size());
    const auto direction =
        head % 2 == 0 ? culvert::Direction::kToServer : culvert::Direction::kToClient;
    if (parser.feed({.flow = flow, .direction = direction, .bytes = piece, .time = {}}) ==
        culvert::ParseStatus::kMalformed) {
      break;
    }
  }
  return 0;
}
