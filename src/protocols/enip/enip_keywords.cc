#include "protocols/enip/enip_keywords.h"

#include <algorithm>
#include <memory>
#include <string>

#include "detect/keyword.h"
#include "keywords/integer_match.h"
#include "protocols/enip/enip_names.h"
#include "protocols/enip/enip_parser.h"
#include "rule/value.h"

namespace culvert::enip {
namespace {

constexpr BufferSide kBegun{true, 0};
constexpr TransactionHook kHook{.proto = AppProto::kEnip, .to_server = kBegun, .to_client = kBegun};

/// Whether a number that the keyword is about is one that is wanted.
using Ask = bool (*)(const EnipTransaction&, Direction, const IntegerMatch&);

template <Ask kAsk>
struct NumberIs final : Keyword {
  explicit NumberIs(IntegerMatch want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    return kAsk(static_cast<const EnipTransaction&>(*context.transaction), context.direction,
                wanted);
  }
  const IntegerMatch wanted;
};

template <Ask kAsk, std::uint64_t kHighest, IntegerMatch::FindWord kWords = nullptr>
Result<void> compile_number(RuleBuilder& rule, std::string_view argument) {
  const auto wanted = IntegerMatch::parse(argument, kHighest, kWords);
  if (!wanted) return tl::unexpected(wanted.error());
  return rule.add_transaction_match(kHook, std::make_unique<const NumberIs<kAsk>>(*wanted));
}

// --- of the message of a direction ---

bool has_command(const EnipTransaction& tx, Direction direction, const IntegerMatch& wanted) {
  const auto& message = tx.of(direction);
  return message && wanted.matches(message->header.command);
}
bool has_status(const EnipTransaction& tx, Direction direction, const IntegerMatch& wanted) {
  const auto& message = tx.of(direction);
  return message && wanted.matches(message->header.status);
}
bool has_version(const EnipTransaction& tx, Direction direction, const IntegerMatch& wanted) {
  const auto& message = tx.of(direction);
  if (!message) return false;
  if (message->session) return wanted.matches(message->session->protocol_version);
  if (message->services) return wanted.matches(message->services->protocol_version);
  return message->identity && wanted.matches(message->identity->protocol_version);
}

// --- of the response ---

template <auto Identity::*kField>
bool has_identity(const EnipTransaction& tx, Direction, const IntegerMatch& wanted) {
  const auto& response = tx.response;
  return response && response->identity && wanted.matches((*response->identity).*kField);
}
bool has_revision(const EnipTransaction& tx, Direction, const IntegerMatch& wanted) {
  if (!tx.response || !tx.response->identity) return false;
  const Identity& identity = *tx.response->identity;
  return wanted.matches(std::uint64_t{identity.revision_major} << 8 | identity.revision_minor);
}
bool has_capabilities(const EnipTransaction& tx, Direction, const IntegerMatch& wanted) {
  const auto& response = tx.response;
  return response && response->services && wanted.matches(response->services->capabilities);
}

/// The message itself, and the services in it.
template <class Predicate>
bool any_service(const std::optional<Message>& message, Predicate&& predicate) {
  if (!message || !message->cip) return false;
  return predicate(*message->cip) || std::ranges::any_of(message->cip->services, predicate);
}

bool has_cip_status(const EnipTransaction& tx, Direction, const IntegerMatch& wanted) {
  return any_service(tx.response, [&](const CipMessage& cip) {
    return cip.is_response && wanted.matches(cip.status);
  });
}
bool has_extended_status(const EnipTransaction& tx, Direction, const IntegerMatch& wanted) {
  return any_service(tx.response, [&](const CipMessage& cip) {
    const Bytes bytes = cip.extended_status;
    return bytes.size() >= 2 && wanted.matches(std::to_integer<std::uint64_t>(bytes[1]) << 8 |
                                               std::to_integer<std::uint64_t>(bytes[0]));
  });
}

// --- of the request's path ---

template <Segment kKind>
bool has_segment(const EnipTransaction& tx, Direction, const IntegerMatch& wanted) {
  return any_service(tx.request, [&](const CipMessage& cip) {
    const auto is_wanted = [&](const PathSegment& segment) {
      return segment.kind() == kKind && wanted.matches(segment.value);
    };
    if (std::ranges::any_of(cip.path, is_wanted)) return true;
    const auto is_listed = [&](std::uint16_t number) { return wanted.matches(number); };
    return kKind == kAttribute && std::ranges::any_of(cip.attributes, is_listed);
  });
}

/// cip_service:service[,class[,attribute]]
struct ServiceIs final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    const auto& tx = static_cast<const EnipTransaction&>(*context.transaction);
    return any_service(tx.of(context.direction), [&](const CipMessage& cip) {
      if (cip.service != service) return false;
      if (!wanted_class) return true;
      if (cip.class_number() != wanted_class) return false;
      if (!attribute) return true;
      const auto is_wanted = [&](const PathSegment& segment) {
        return segment.kind() == kAttribute && segment.value == *attribute;
      };
      return std::ranges::any_of(cip.path, is_wanted) ||
             std::ranges::find(cip.attributes, *attribute) != cip.attributes.end();
    });
  }
  std::uint8_t service = 0;
  std::optional<std::uint32_t> wanted_class, attribute;
};

Result<void> compile_service(RuleBuilder& rule, std::string_view argument) {
  const auto parts = split_list(argument);
  auto keyword = std::make_unique<ServiceIs>();
  const auto service = parts.empty() ? parse_unsigned("", 0) : parse_unsigned(trim(parts[0]), 0x7f);
  bool is_good = service && parts.size() <= 3;
  const auto read = [&](std::size_t i, std::optional<std::uint32_t>& to) {
    if (parts.size() <= i || !is_good) return;
    const auto number = parse_unsigned(trim(parts[i]), 0xffffffff);
    is_good = number.has_value();
    if (number) to = static_cast<std::uint32_t>(*number);
  };
  read(1, keyword->wanted_class);
  read(2, keyword->attribute);
  if (!is_good) {
    return failure(
        "cip_service is a service of 0 to 127, and may have a class and an attribute: "
        "14,1,7");
  }
  keyword->service = static_cast<std::uint8_t>(*service);
  return rule.add_transaction_match(kHook, std::move(keyword));
}

std::optional<Bytes> get_product_name(const BufferRequest& r) {
  const auto& response = static_cast<const EnipTransaction&>(r.transaction).response;
  if (!response || !response->identity) return std::nullopt;
  return as_bytes(response->identity->product_name);
}
std::optional<Bytes> get_service_name(const BufferRequest& r) {
  const auto& response = static_cast<const EnipTransaction&>(r.transaction).response;
  if (!response || !response->services) return std::nullopt;
  return as_bytes(response->services->name);
}

using Compile = Result<void> (*)(RuleBuilder&, std::string_view);
constexpr KeywordSpec number(std::string_view name, std::string_view help, Compile compile) {
  return {.name = name, .help = help, .compile = compile, .can_negate = true};
}

constexpr KeywordSpec kCommand = number("enip_command", "command of EtherNet/IP, by number or name",
                                        compile_number<has_command, 0xffff, find_command>);
constexpr KeywordSpec kService{
    .name = "cip_service",
    .help = "service of CIP, and class and attribute that it is asked of",
    .compile = compile_service};
constexpr KeywordSpec kStatus = number("enip.status", "status of EtherNet/IP, by number or name",
                                       compile_number<has_status, 0xffffffff, find_status>);
constexpr KeywordSpec kVersion = number("enip.protocol_version", "version of the encapsulation",
                                        compile_number<has_version, 0xffff>);
constexpr KeywordSpec kCapabilities = number("enip.capabilities", "what a device says it can",
                                             compile_number<has_capabilities, 0xffff>);
constexpr KeywordSpec kRevision = number("enip.revision", "revision of a device: 0x403 is 4.3",
                                         compile_number<has_revision, 0xffff>);
constexpr KeywordSpec kVendorId = number("enip.vendor_id", "vendor of a device",
                                         compile_number<has_identity<&Identity::vendor>, 0xffff>);
constexpr KeywordSpec kDeviceType =
    number("enip.device_type", "type of a device",
           compile_number<has_identity<&Identity::device_type>, 0xffff>);
constexpr KeywordSpec kProductCode =
    number("enip.product_code", "product code of a device",
           compile_number<has_identity<&Identity::product_code>, 0xffff>);
constexpr KeywordSpec kIdentityStatus =
    number("enip.identity_status", "status of a device",
           compile_number<has_identity<&Identity::status>, 0xffff>);
constexpr KeywordSpec kSerial = number("enip.serial", "serial number of a device",
                                       compile_number<has_identity<&Identity::serial>, 0xffffffff>);
constexpr KeywordSpec kState =
    number("enip.state", "state of a device", compile_number<has_identity<&Identity::state>, 0xff>);
constexpr KeywordSpec kCipStatus =
    number("enip.cip_status", "status of a response of CIP", compile_number<has_cip_status, 0xff>);
constexpr KeywordSpec kExtendedStatus =
    number("enip.cip_extendedstatus", "extended status of a response of CIP",
           compile_number<has_extended_status, 0xffff>);
constexpr KeywordSpec kClassNumber =
    number("enip.cip_class", "class that a request of CIP is about",
           compile_number<has_segment<kClass>, 0xffffffff>);
constexpr KeywordSpec kInstanceNumber =
    number("enip.cip_instance", "instance that a request of CIP is about",
           compile_number<has_segment<kInstance>, 0xffffffff>);
constexpr KeywordSpec kAttributeNumber =
    number("enip.cip_attribute", "attribute that a request of CIP is about",
           compile_number<has_segment<kAttribute>, 0xffffffff>);

}  // namespace

constinit const KeywordSpec* const kEnipKeywords[17] = {
    &kCommand,   &kService,        &kStatus,      &kVersion,        &kCapabilities,   &kRevision,
    &kVendorId,  &kDeviceType,     &kProductCode, &kIdentityStatus, &kSerial,         &kState,
    &kCipStatus, &kExtendedStatus, &kClassNumber, &kInstanceNumber, &kAttributeNumber};

const BufferSpec kEnipBuffers[2] = {{.name = "enip.product_name",
                                     .description = "name of a device",
                                     .proto = AppProto::kEnip,
                                     .to_server = kBegun,
                                     .to_client = kBegun,
                                     .get = get_product_name},
                                    {.name = "enip.service_name",
                                     .description = "name of a service of a device",
                                     .proto = AppProto::kEnip,
                                     .to_server = kBegun,
                                     .to_client = kBegun,
                                     .get = get_service_name}};

}  // namespace culvert::enip
