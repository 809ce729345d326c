// Numbers of Kerberos and their names: message types and error codes (RFC 4120 section 7.5),
// encryption types (RFC 3961, RFC 4757, RFC 6803, RFC 8009).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace culvert::krb5 {

/// Also the numbers of the application tags.
enum class MessageType : std::uint8_t {
  kAsReq = 10,
  kAsRep = 11,
  kTgsReq = 12,
  kTgsRep = 13,
  kError = 30,
};

/// "KRB_AS_REQ"
std::string_view name_of(MessageType type);
/// "KDC_ERR_NONE", or "ErrorCode(80)".
std::string name_of_error(std::int32_t code);
/// "aes256-cts-hmac-sha1-96", or "EncryptionType(99)".
std::string name_of_encryption(std::int32_t type);
/// In any case of its letters.
std::optional<std::int32_t> find_encryption(std::string_view name);
/// All but AES and Camellia.
bool is_weak(std::int32_t encryption);

}  // namespace culvert::krb5
