// What the numbers of IKE mean (IANA, "Internet Key Exchange Attributes" and "IKEv2 Parameters"),
// in the reference's spelling.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace culvert::ike {

// Version 1.
enum Payload1 : std::uint8_t {
  kSa1 = 1,
  kKeyExchange1 = 4,
  kNonce1 = 10,
  kVendorId1 = 13,
};
/// Of an exchange: "Quick Mode"; empty: it has none.
std::string_view name_of_exchange1(std::uint8_t type);
/// Empty: it has none.
std::string_view name_of_payload1(std::uint8_t type);
/// Of an attribute of a transform: "alg_enc", or "unknown".
std::string_view name_of_attribute(std::uint16_t type);
/// Of the names that rules may use.
std::optional<std::uint16_t> find_attribute(std::string_view name);
/// "EncAesCbc", or "Unknown".
std::string_view name_of_value(std::uint16_t attribute, std::uint64_t value);

// Version 2.
enum Payload2 : std::uint8_t {
  kSa2 = 33,
  kKeyExchange2 = 34,
  kIdInitiator = 35,
  kIdResponder = 36,
  kCertificate = 37,
  kCertificateRequest = 38,
  kAuthentication = 39,
  kNotify = 41,
  kDelete = 42,
  kVendorId2 = 43,
  kSelectorsInitiator = 44,
  kSelectorsResponder = 45,
  kEncrypted = 46,
};
enum Transform : std::uint8_t {
  kEncryption = 1,
  kPrf = 2,
  kIntegrity = 3,
  kDh = 4,
  kEsn = 5,
};
std::string name_of_payload2(std::uint8_t type);
std::string name_of_transform(Transform kind, std::uint16_t id);
std::string name_of_notify(std::uint16_t type);

}  // namespace culvert::ike
