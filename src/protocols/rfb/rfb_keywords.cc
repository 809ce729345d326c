#include "protocols/rfb/rfb_keywords.h"

#include "keywords/transaction_number.h"
#include "protocols/rfb/rfb_parser.h"
#include "rule/value.h"

namespace culvert::rfb {
namespace {

constexpr TransactionHook kFromServer{
    .proto = AppProto::kRfb, .to_server = {}, .to_client = {true, 0}};
constexpr TransactionHook kFromClient{
    .proto = AppProto::kRfb, .to_server = {true, 0}, .to_client = {}};

std::optional<std::uint64_t> get_type(const RfbTransaction& tx) { return tx.security_type; }
std::optional<std::uint64_t> get_result(const RfbTransaction& tx) { return tx.security_result; }

std::optional<std::uint64_t> find_result(std::string_view word) {
  if (equals_ignoring_case(word, "ok")) return 0;
  if (equals_ignoring_case(word, "fail")) return 1;
  if (equals_ignoring_case(word, "unknown")) return 2;
  return std::nullopt;
}

std::optional<Bytes> get_name(const BufferRequest& r) {
  const auto& screen = static_cast<const RfbTransaction&>(r.transaction).screen;
  if (!screen) return std::nullopt;
  return as_bytes(screen->name);
}

constexpr KeywordSpec kType{
    .name = "rfb.sectype",
    .help = "number of the security type of an RFB session: 1 none, 2 VNC, ...",
    .compile = compile_transaction_number<RfbTransaction, get_type, kFromClient, 0xffffffff>,
    .can_negate = true};
constexpr KeywordSpec kResult{
    .name = "rfb.secresult",
    .help = "what an RFB server says to the client's response: ok, fail, unknown, or a number",
    .compile = compile_transaction_number<RfbTransaction, get_result, kFromServer, 0xffffffff,
                                          find_result>,
    .can_negate = true};

}  // namespace

constinit const KeywordSpec* const kRfbKeywords[2] = {&kType, &kResult};

const BufferSpec kRfbBuffers[1] = {{.name = "rfb.name",
                                    .description = "name of the desktop that an RFB server shows",
                                    .proto = AppProto::kRfb,
                                    .to_client = {true, 0},
                                    .get = get_name}};

}  // namespace culvert::rfb
