#include "protocols/snmp/snmp_keywords.h"

#include "keywords/transaction_number.h"
#include "protocols/snmp/snmp_parser.h"
#include "rule/value.h"

namespace culvert::snmp {
namespace {

constexpr BufferSide kSide{true, MessageParser::kComplete};
constexpr TransactionHook kHook{.proto = AppProto::kSnmp, .to_server = kSide, .to_client = kSide};

std::optional<std::uint64_t> get_version(const SnmpTransaction& tx) { return tx.version; }
std::optional<std::uint64_t> get_pdu_type(const SnmpTransaction& tx) {
  if (tx.message.is_encrypted) return std::nullopt;
  return tx.message.pdu_type;
}
std::optional<std::uint64_t> get_trap_type(const SnmpTransaction& tx) {
  if (!tx.message.trap || tx.message.trap->type < 0) return std::nullopt;
  return static_cast<std::uint64_t>(tx.message.trap->type);
}
std::optional<std::uint64_t> find_trap_type(std::string_view word) {
  for (std::size_t i = 0; i < std::size(kTrapTypes); ++i) {
    if (equals_ignoring_case(word, kTrapTypes[i])) return i;
  }
  return std::nullopt;
}

template <std::optional<std::string_view> Message::*kField>
std::optional<Bytes> get_text(const BufferRequest& r) {
  const auto& text = static_cast<const SnmpTransaction&>(r.transaction).message.*kField;
  if (!text) return std::nullopt;
  return as_bytes(*text);
}

constexpr std::uint64_t kHighest = 0xffffffff;
template <std::optional<std::uint64_t> (*kGet)(const SnmpTransaction&),
          IntegerMatch::FindWord kWords = nullptr>
constexpr auto* kCompile =
    &compile_transaction_number<SnmpTransaction, kGet, kHook, kHighest, kWords>;

constexpr KeywordSpec kVersion{.name = "snmp.version",
                               .help = "version of SNMP: 1, 2 or 3",
                               .compile = kCompile<get_version>,
                               .can_negate = true};
constexpr KeywordSpec kPduType{.name = "snmp.pdu_type",
                               .help = "type of an SNMP PDU: 0 get, 1 get next, 2 response, ...",
                               .compile = kCompile<get_pdu_type>,
                               .can_negate = true};
constexpr KeywordSpec kTrapType{.name = "snmp.trap_type",
                                .help = "generic type of a trap of version 1, or its name",
                                .compile = kCompile<get_trap_type, find_trap_type>,
                                .can_negate = true};

}  // namespace

constinit const KeywordSpec* const kSnmpKeywords[3] = {&kVersion, &kPduType, &kTrapType};

const BufferSpec kSnmpBuffers[2] = {{.name = "snmp.community",
                                     .description = "community of a message of version 1 or 2c",
                                     .proto = AppProto::kSnmp,
                                     .to_server = kSide,
                                     .to_client = kSide,
                                     .get = get_text<&Message::community>},
                                    {.name = "snmp.usm",
                                     .description = "user of a message of version 3",
                                     .proto = AppProto::kSnmp,
                                     .to_server = kSide,
                                     .to_client = kSide,
                                     .get = get_text<&Message::user>}};

}  // namespace culvert::snmp
