#include "protocols/quic/quic_buffers.h"

#include "protocols/quic/quic_parser.h"

namespace culvert::quic {
namespace {

const QuicTransaction& quic(const BufferRequest& r) {
  return static_cast<const QuicTransaction&>(r.transaction);
}
std::optional<Bytes> unless_empty(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return as_bytes(text);
}

std::optional<Bytes> get_version(const BufferRequest& r) { return Bytes(quic(r).wire_version); }
std::optional<Bytes> get_sni(const BufferRequest& r) { return unless_empty(quic(r).server_name); }
std::optional<Bytes> get_agent(const BufferRequest& r) { return unless_empty(quic(r).user_agent); }
std::optional<Bytes> get_cyu_hash(const BufferRequest& r) {
  if (r.instance >= quic(r).cyus.size()) return std::nullopt;
  const auto& hash = quic(r).cyus[r.instance].hash;
  return as_bytes(std::string_view(hash.data(), hash.size()));
}
std::optional<Bytes> get_cyu_string(const BufferRequest& r) {
  if (r.instance >= quic(r).cyus.size()) return std::nullopt;
  return as_bytes(quic(r).cyus[r.instance].text);
}
std::optional<Bytes> get_ja3(const BufferRequest& r) { return unless_empty(quic(r).ja3()); }
std::optional<Bytes> get_ja3_hash(const BufferRequest& r) {
  return unless_empty(quic(r).ja3_hash());
}
std::optional<Bytes> get_ja4(const BufferRequest& r) { return unless_empty(quic(r).ja4()); }

constexpr AppProto kQuic = AppProto::kQuic;
constexpr BufferSide kComplete{true, MessageParser::kComplete};

}  // namespace

const BufferSpec kQuicBuffers[10] = {
    {.name = "quic.version",
     .description = "version of QUIC, as its 4 bytes",
     .proto = kQuic,
     .to_server = kComplete,
     .to_client = kComplete,
     .get = get_version},
    {.name = "quic.sni",
     .description = "server name that a client of QUIC asks for",
     .proto = kQuic,
     .to_server = kComplete,
     .get = get_sni},
    {.name = "quic.ua",
     .description = "user agent that a client of Google's QUIC names",
     .proto = kQuic,
     .to_server = kComplete,
     .get = get_agent},
    {.name = "quic.cyu.hash",
     .description = "CYU of a client of Google's QUIC: an MD5",
     .proto = kQuic,
     .to_server = kComplete,
     .get = get_cyu_hash,
     .multi_instance = true,
     .ignore_case = true},
    {.name = "quic.cyu.string",
     .description = "what the CYU hash is made from",
     .proto = kQuic,
     .to_server = kComplete,
     .get = get_cyu_string,
     .multi_instance = true},
    {.name = "ja3.hash",
     .description = "JA3 of the client's hello: an MD5",
     .proto = kQuic,
     .to_server = kComplete,
     .get = get_ja3_hash,
     .alias = "ja3_hash",
     .ignore_case = true},
    {.name = "ja3.string",
     .description = "what the JA3 hash is made from",
     .proto = kQuic,
     .to_server = kComplete,
     .get = get_ja3,
     .alias = "ja3_string"},
    {.name = "ja3s.hash",
     .description = "JA3S of the server's hello: an MD5",
     .proto = kQuic,
     .to_client = kComplete,
     .get = get_ja3_hash,
     .ignore_case = true},
    {.name = "ja3s.string",
     .description = "what the JA3S hash is made from",
     .proto = kQuic,
     .to_client = kComplete,
     .get = get_ja3},
    {.name = "ja4.hash",
     .description = "JA4 of the client's hello",
     .proto = kQuic,
     .to_server = kComplete,
     .get = get_ja4,
     .alias = "ja4_hash"},
};

}  // namespace culvert::quic
