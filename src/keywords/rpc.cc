// rpc: program, version and procedure of an ONC RPC call (RFC 5531 section 9) in the payload.
// `rpc:100000,2,3`, with `*` for any version or procedure; those not named are any too.
//
//     [record mark (TCP)]  xid  0 (call)  2 (RPC version)  program  version  procedure ...
#include <optional>

#include "base/byte_cursor.h"
#include "keywords/keywords.h"
#include "keywords/packet_match.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct RpcCall {
  std::uint32_t program = 0;
  std::optional<std::uint32_t> version, procedure;

  bool operator()(const Packet& packet) const {
    if (!packet.is_tcp() && !packet.is_udp()) return false;
    ByteCursor in(packet.payload);
    if (packet.is_tcp()) in.take(4);
    in.take(4);
    const std::uint32_t type = in.u32(), rpc_version = in.u32(), called = in.u32();
    const std::uint32_t called_version = in.u32(), called_procedure = in.u32();
    return in.ok() && type == 0 && rpc_version == 2 && called == program &&
           (!version || called_version == *version) &&
           (!procedure || called_procedure == *procedure);
  }
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  const auto parts = split_list(trim(argument));
  if (parts.size() > 3) return failure("rpc takes a program, a version and a procedure");
  RpcCall call;
  const auto program = parse_unsigned(parts[0], 0xffffffffu);
  if (!program) return tl::unexpected(program.error());
  call.program = static_cast<std::uint32_t>(*program);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i] == "*") continue;
    const auto number = parse_unsigned(parts[i], 0xffffffffu);
    if (!number) return tl::unexpected(number.error());
    (i == 1 ? call.version : call.procedure) = static_cast<std::uint32_t>(*number);
  }
  keywords::add_packet_test(rule, call);
  return {};
}

}  // namespace

const KeywordSpec keywords::kRpc{"rpc", "program, version and procedure of an RPC call",
                                 KeywordArgument::kRequired, compile};

}  // namespace culvert
