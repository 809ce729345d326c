#include "protocols/ssh/ssh_keywords.h"

#include <string>

#include "keywords/digest_text.h"
#include "protocols/ssh/ssh_types.h"

namespace culvert::ssh {
namespace {

constexpr std::string_view kHasshLength =
    "buffer ssh.hassh: Invalid length for md5-like keyword (should be 32 characters long). This "
    "rule will "
    "therefore never match.";
constexpr std::string_view kHasshServerLength =
    "buffer ssh.hassh.server: Invalid length for md5-like keyword (should be 32 characters long). "
    "This rule will "
    "therefore never match.";

const SshTransaction& ssh(const BufferRequest& request) {
  return static_cast<const SshTransaction&>(request.transaction);
}

template <std::string_view Peer::*kField>
std::optional<Bytes> get_banner(const BufferRequest& r) {
  const Peer& peer = ssh(r).peer(r.direction);
  if (peer.protocol.empty() || (peer.*kField).empty()) return std::nullopt;
  return as_bytes(peer.*kField);
}

template <Direction kSender>
std::optional<Bytes> get_hassh(const BufferRequest& r) {
  ssh(r).hassh_was_asked = true;
  const std::string_view hash = ssh(r).hassh_of(kSender);
  if (hash.empty()) return std::nullopt;
  return as_bytes(hash);
}

template <Direction kSender>
std::optional<Bytes> get_hassh_string(const BufferRequest& r) {
  ssh(r).hassh_was_asked = true;
  const std::string_view text = ssh(r).peer(kSender).hassh_string;
  if (text.empty()) return std::nullopt;
  return as_bytes(text);
}

constexpr AppProto kSsh = AppProto::kSsh;
constexpr BufferSide kNone{}, kSide{true, kBannerDone};
constexpr Direction kClient = Direction::kToServer, kServer = Direction::kToClient;

Result<void> compile_protoversion(RuleBuilder&, std::string_view) {
  return failure("ssh.protoversion is no more: \"ssh.proto; content:...\" does what it did");
}
Result<void> compile_softwareversion(RuleBuilder&, std::string_view) {
  return failure("ssh.softwareversion is no more: \"ssh.software; content:...\" does what it did");
}

constexpr KeywordSpec kProtoVersion{
    .name = "ssh.protoversion", .help = "obsolete: use ssh.proto", .compile = compile_protoversion};
constexpr KeywordSpec kSoftwareVersion{.name = "ssh.softwareversion",
                                       .help = "obsolete: use ssh.software",
                                       .compile = compile_softwareversion};

}  // namespace

const BufferSpec kSshBuffers[6] = {
    {.name = "ssh.proto",
     .description = "protocol version of the sender's banner: \"2.0\"",
     .proto = kSsh,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_banner<&Peer::protocol>,
     .alias = "ssh_proto"},
    {.name = "ssh.software",
     .description = "software of the sender's banner: \"OpenSSH_9.2p1\"",
     .proto = kSsh,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_banner<&Peer::software>,
     .alias = "ssh_software"},
    {.name = "ssh.hassh",
     .description = "HASSH: MD5 of what the client offers",
     .proto = kSsh,
     .to_server = kSide,
     .to_client = kNone,
     .get = get_hassh<kClient>,
     .ignore_case = true,
     .complain = keywords::complain_of_md5<kHasshLength>},
    {.name = "ssh.hassh.server",
     .description = "HASSH of the server",
     .proto = kSsh,
     .to_server = kNone,
     .to_client = kSide,
     .get = get_hassh<kServer>,
     .ignore_case = true,
     .complain = keywords::complain_of_md5<kHasshServerLength>},
    {.name = "ssh.hassh.string",
     .description = "algorithms that the client offers, as HASSH lists them",
     .proto = kSsh,
     .to_server = kSide,
     .to_client = kNone,
     .get = get_hassh_string<kClient>},
    {.name = "ssh.hassh.server.string",
     .description = "algorithms that the server offers, as HASSH lists them",
     .proto = kSsh,
     .to_server = kNone,
     .to_client = kSide,
     .get = get_hassh_string<kServer>},
};

constinit const KeywordSpec* const kSshKeywords[2] = {&kProtoVersion, &kSoftwareVersion};

}  // namespace culvert::ssh
