#include "protocols/ike/ike_keywords.h"

#include <algorithm>
#include <memory>
#include <string>

#include "keywords/transaction_number.h"
#include "protocols/ike/ike_parser.h"
#include "rule/value.h"

namespace culvert::ike {
namespace {

constexpr BufferSide kWhole{true, MessageParser::kComplete};
constexpr TransactionHook kOfAny{.proto = AppProto::kIke, .to_server = kWhole, .to_client = kWhole};
constexpr TransactionHook kOfServer{.proto = AppProto::kIke, .to_server = {}, .to_client = kWhole};

const IkeTransaction& tx_of(const BufferRequest& r) {
  return static_cast<const IkeTransaction&>(r.transaction);
}

std::optional<std::uint64_t> get_exchange(const IkeTransaction& tx) { return tx.header.exchange; }
template <Bytes Message1::*kField>
std::optional<std::uint64_t> get_length(const IkeTransaction& tx) {
  const Bytes bytes = tx.v1.*kField;
  if (bytes.empty()) return std::nullopt;
  return bytes.size();
}

/// An attribute that the server has chosen: `alg_enc=12`.
struct ChosenAttributeIs final : Keyword {
  ChosenAttributeIs(std::uint16_t attribute, std::uint32_t number)
      : type(attribute), wanted(number) {}
  bool match(const MatchContext& context) const noexcept override {
    const auto& tx = static_cast<const IkeTransaction&>(*context.transaction);
    if (tx.header.major == 2) return tx.v2.algorithms && of(*tx.v2.algorithms) == wanted;
    const Attributes* const chosen = tx.chosen_here();
    if (chosen == nullptr) return false;
    const auto found = std::ranges::find(*chosen, type, &Attribute::type);
    return found != chosen->end() && found->number == wanted;
  }
  /// By the numbers of version 1; nothing: version 2 has no such attribute.
  std::optional<std::uint32_t> of(const Algorithms& algorithms) const {
    switch (type) {
      case 1:
        return algorithms.encryption;
      case 3:
        return algorithms.integrity;
      case 4:
        return algorithms.dh;
      case 13:
        return algorithms.prf;
      default:
        return std::nullopt;
    }
  }
  const std::uint16_t type;
  const std::uint32_t wanted;
};

Result<void> compile_chosen(RuleBuilder& rule, std::string_view argument) {
  std::string_view text = trim(argument);
  const std::size_t equals = text.find('=');
  const auto type = find_attribute(trim(text.substr(0, equals)));
  if (equals == text.npos || !type) {
    return failure(
        "ike.chosen_sa_attribute is attribute=number; attributes are alg_enc, alg_hash, "
        "alg_auth, alg_dh, alg_prf, sa_group_type, sa_life_type, sa_life_duration, "
        "sa_key_length and sa_field_size");
  }
  const auto number = parse_unsigned(trim(text.substr(equals + 1)), 0xffffffff);
  if (!number) return tl::unexpected(number.error());
  return rule.add_transaction_match(kOfServer, std::make_unique<const ChosenAttributeIs>(
                                                   *type, static_cast<std::uint32_t>(*number)));
}

template <Spi Header::*kSpi>
std::optional<Bytes> get_spi(const BufferRequest& r) {
  const std::string text = hex_of(Bytes(tx_of(r).header.*kSpi));
  const Bytes bytes = as_bytes(text);
  r.scratch.assign(bytes.begin(), bytes.end());
  return r.scratch;
}
std::optional<Bytes> get_vendor(const BufferRequest& r) {
  const auto& vendors = tx_of(r).v1.vendors;
  if (r.instance >= vendors.size()) return std::nullopt;
  return as_bytes(vendors[r.instance]);
}
template <Bytes Message1::*kField>
std::optional<Bytes> get_bytes(const BufferRequest& r) {
  const Bytes bytes = tx_of(r).v1.*kField;
  if (bytes.empty()) return std::nullopt;
  return bytes;
}

constexpr KeywordSpec kExchangeType{
    .name = "ike.exchtype",
    .help = "type of an IKE exchange",
    .compile = compile_transaction_number<IkeTransaction, get_exchange, kOfAny, 0xff>,
    .can_negate = true};
constexpr KeywordSpec kChosen{.name = "ike.chosen_sa_attribute",
                              .help =
                                  "an attribute of the security association that the server "
                                  "has chosen: alg_enc=7",
                              .compile = compile_chosen};
constexpr KeywordSpec kKeyLength{
    .name = "ike.key_exchange_payload_length",
    .help = "size of a key exchange in IKEv1",
    .compile =
        compile_transaction_number<IkeTransaction, get_length<&Message1::key>, kOfAny, 0xffffffff>,
    .can_negate = true};
constexpr KeywordSpec kNonceLength{
    .name = "ike.nonce_payload_length",
    .help = "size of a nonce in IKEv1",
    .compile = compile_transaction_number<IkeTransaction, get_length<&Message1::nonce>, kOfAny,
                                          0xffffffff>,
    .can_negate = true};

}  // namespace

constinit const KeywordSpec* const kIkeKeywords[4] = {&kExchangeType, &kChosen, &kKeyLength,
                                                      &kNonceLength};

const BufferSpec kIkeBuffers[5] = {
    {.name = "ike.init_spi",
     .description = "the initiator's SPI, as hexadecimal digits",
     .proto = AppProto::kIke,
     .to_server = kWhole,
     .get = get_spi<&Header::initiator>},
    {.name = "ike.resp_spi",
     .description = "the responder's SPI, as hexadecimal digits",
     .proto = AppProto::kIke,
     .to_client = kWhole,
     .get = get_spi<&Header::responder>},
    {.name = "ike.vendor",
     .description = "a client's vendor identifiers in IKEv1, as hexadecimal digits",
     .proto = AppProto::kIke,
     .to_server = kWhole,
     .get = get_vendor,
     .multi_instance = true},
    {.name = "ike.key_exchange_payload",
     .description = "the public key of a key exchange in IKEv1",
     .proto = AppProto::kIke,
     .to_server = kWhole,
     .to_client = kWhole,
     .get = get_bytes<&Message1::key>},
    {.name = "ike.nonce_payload",
     .description = "the nonce of a message of IKEv1",
     .proto = AppProto::kIke,
     .to_server = kWhole,
     .to_client = kWhole,
     .get = get_bytes<&Message1::nonce>}};

}  // namespace culvert::ike
