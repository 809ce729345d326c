// How SSH is recognised, and its options.
#include "protocols/ssh/ssh_protocol.h"

#include "app/spec_parts.h"
#include "protocols/ssh/ssh_eve.h"
#include "protocols/ssh/ssh_keywords.h"
#include "protocols/ssh/ssh_parser.h"

namespace culvert::ssh {
namespace {

void read_options(const ConfigNode& root, SshOptions& options, Complaints& complaints) {
  const std::string path = "app-layer.protocols.ssh.";
  read_option(root, path + "encryption-handling", options.encryption_handling, complaints);
  read_option(root, path + "hassh", options.hassh, complaints);
}

/// Its banner.
bool shows_message(const AppParser&, Direction, std::uint64_t offset) { return offset == 0; }

constexpr ProtocolPattern kPatterns[] = {{.direction = Direction::kToServer, .bytes = "SSH-"},
                                         {.direction = Direction::kToClient, .bytes = "SSH-"}};

}  // namespace

constinit const ProtocolSpec kSshProtocol{
    .name = "ssh",
    .proto = AppProto::kSsh,
    .patterns = kPatterns,
    .make_context = make_context_of<SshOptions, read_options>,
    .make_parser = make_parser_of<SshParser, SshOptions>,
    .to_server_states = kRequestStates,
    .to_client_states = kResponseStates,
    .events = kEventNames,
    .buffers = kSshBuffers,
    .frames = kFrameNames,
    .keywords = kSshKeywords,
    .loggers = kSshLoggers,
    .write_alert_metadata = write_metadata,
    .flow_is_transaction = true,
    .shows_message = shows_message,
    .flushes_at_no_inspection = true,
    .alerts_tell_progress = true,
};

}  // namespace culvert::ssh
