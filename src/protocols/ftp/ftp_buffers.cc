#include "protocols/ftp/ftp_buffers.h"

#include "protocols/ftp/ftp_types.h"

namespace culvert::ftp {
namespace {

const FtpTransaction& ftp(const BufferRequest& request) {
  return static_cast<const FtpTransaction&>(request.transaction);
}
std::optional<Bytes> item(const std::vector<std::string_view>& items, std::uint32_t instance) {
  if (instance >= items.size()) return std::nullopt;
  return as_bytes(items[instance]);
}

std::optional<Bytes> get_command(const BufferRequest& r) {
  if (!ftp(r).has_command) return std::nullopt;
  return as_bytes(ftp(r).name);
}
std::optional<Bytes> get_command_data(const BufferRequest& r) {
  if (!ftp(r).has_command || ftp(r).data.empty()) return std::nullopt;
  return as_bytes(ftp(r).data);
}
std::optional<Bytes> get_reply(const BufferRequest& r) { return item(ftp(r).replies, r.instance); }
std::optional<Bytes> get_code(const BufferRequest& r) { return item(ftp(r).codes, r.instance); }

/// A command is whole when it is there at all; and replies are looked at when all have come.
constexpr BufferSide kWhole{true, kComplete};

}  // namespace

const BufferSpec kFtpBuffers[4] = {
    {.name = "ftp.command",
     .description = "the command of the client: \"RETR\"",
     .proto = AppProto::kFtp,
     .to_server = kWhole,
     .to_client = {},
     .get = get_command},
    {.name = "ftp.command_data",
     .description = "what follows the command: \"temp.txt\"",
     .proto = AppProto::kFtp,
     .to_server = kWhole,
     .to_client = {},
     .get = get_command_data},
    {.name = "ftp.reply",
     .description = "each line of the server's reply, without its code",
     .proto = AppProto::kFtp,
     .to_server = {},
     .to_client = kWhole,
     .get = get_reply,
     .multi_instance = true},
    {.name = "ftp.completion_code",
     .description = "the code of each line of the server's reply",
     .proto = AppProto::kFtp,
     .to_server = {},
     .to_client = kWhole,
     .get = get_code,
     .multi_instance = true},
};

}  // namespace culvert::ftp
