// Any bytes from both ends in turn; and with the front of a record of each version before them.
#include <array>
#include <vector>

#include "protocols/smb/smb_parser.h"
#include "protocols/smb/smb_protocol.h"
#include "protocols/text/datagram_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  for (const std::string_view magic : {std::string_view{},
                                       std::string_view{"\xff"
                                                        "SMB"},
                                       std::string_view{"\xfe"
                                                        "SMB"}}) {
    std::vector<std::byte> stream;
    if (!magic.empty()) {
      constexpr std::uint8_t kWhole = 0xff;  // the first piece is of the client, as large as can be
      stream.push_back(std::byte{kWhole});
      for (const std::uint8_t each : {0, 0, 200, 0}) stream.push_back(std::byte{each});
      const Bytes front = as_bytes(magic);
      stream.insert(stream.end(), front.begin(), front.end());
    }
    stream.insert(stream.end(), bytes.begin(), bytes.end());
    smb::SmbParser parser{smb::SmbOptions{}};
    fuzz_datagrams(parser, smb::kSmbProtocol, stream);
  }
  return 0;
}
