#include "protocols/ntp/ntp_keywords.h"

#include "keywords/transaction_number.h"
#include "protocols/ntp/ntp_parser.h"
#include "rule/value.h"

namespace culvert::ntp {
namespace {

constexpr BufferSide kSide{true, MessageParser::kComplete};
constexpr TransactionHook kHook{.proto = AppProto::kNtp, .to_server = kSide, .to_client = kSide};

template <std::uint8_t Header::*kField>
std::optional<std::uint64_t> get(const NtpTransaction& tx) {
  return tx.header.*kField;
}

/// RFC 5905 figure 10.
std::optional<std::uint64_t> find_mode(std::string_view word) {
  constexpr std::string_view kModes[] = {"reserved", "symmetric_active", "symmetric_passive",
                                         "client",   "server",           "broadcast",
                                         "control",  "private"};
  for (std::size_t i = 0; i < std::size(kModes); ++i) {
    if (equals_ignoring_case(word, kModes[i])) return i;
  }
  return std::nullopt;
}

std::optional<Bytes> get_reference_id(const BufferRequest& r) {
  return Bytes(static_cast<const NtpTransaction&>(r.transaction).header.reference_id);
}

template <std::uint8_t Header::*kField, IntegerMatch::FindWord kWords = nullptr>
constexpr auto* kCompile =
    &compile_transaction_number<NtpTransaction, get<kField>, kHook, 0xff, kWords>;

constexpr KeywordSpec kVersion{.name = "ntp.version",
                               .help = "version of an NTP packet",
                               .compile = kCompile<&Header::version>,
                               .can_negate = true};
constexpr KeywordSpec kMode{.name = "ntp.mode",
                            .help = "mode of an NTP packet: client, server, ... or its number",
                            .compile = kCompile<&Header::mode, find_mode>,
                            .can_negate = true};
constexpr KeywordSpec kStratum{.name = "ntp.stratum",
                               .help = "stratum of the clock that an NTP packet tells of",
                               .compile = kCompile<&Header::stratum>,
                               .can_negate = true};

}  // namespace

constinit const KeywordSpec* const kNtpKeywords[3] = {&kVersion, &kMode, &kStratum};

const BufferSpec kNtpBuffers[1] = {
    {.name = "ntp.reference_id",
     .description = "the four bytes that name the clock an NTP server follows",
     .proto = AppProto::kNtp,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_reference_id}};

}  // namespace culvert::ntp
