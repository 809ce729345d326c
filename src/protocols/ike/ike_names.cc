#include "protocols/ike/ike_names.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <span>
#include <utility>

namespace culvert::ike {
namespace {

using Names = std::span<const std::string_view>;
using NumberName = std::pair<std::uint16_t, std::string_view>;

// From 0 on; empty: none.
constexpr std::string_view kPayloads1[] = {"",
                                           "SecurityAssociation",
                                           "Proposal",
                                           "Transform",
                                           "KeyExchange",
                                           "Identification",
                                           "Certificate",
                                           "CertificateRequest",
                                           "Hash",
                                           "Signature",
                                           "Nonce",
                                           "Notification",
                                           "Delete",
                                           "VendorID",
                                           "",
                                           "SaKekPayload",
                                           "SaTekPayload",
                                           "KeyDownload",
                                           "SequenceNumber",
                                           "ProofOfPossession",
                                           "NatDiscovery",
                                           "NatOriginalAddress",
                                           "GroupAssociatedPolicy"};
constexpr std::string_view kAttributes[] = {"unknown",
                                            "alg_enc",
                                            "alg_hash",
                                            "alg_auth",
                                            "alg_dh",
                                            "sa_group_type",
                                            "sa_group_prime",
                                            "sa_group_generator_one",
                                            "sa_group_generator_two",
                                            "sa_group_curve_a",
                                            "sa_group_curve_b",
                                            "sa_life_type",
                                            "sa_life_duration",
                                            "alg_prf",
                                            "sa_key_length",
                                            "sa_field_size",
                                            "sa_group_order"};
constexpr std::string_view kAskedFor[] = {
    "alg_enc",       "alg_hash",     "alg_auth",         "alg_dh",        "alg_prf",
    "sa_group_type", "sa_life_type", "sa_life_duration", "sa_key_length", "sa_field_size"};

constexpr std::string_view kEncryption1[] = {"",
                                             "EncDesCbc",
                                             "EncIdeaCbc",
                                             "EncBlowfishCbc",
                                             "EncRc5R16B64Cbc",
                                             "EncTripleDesCbc",
                                             "EncCastCbc",
                                             "EncAesCbc",
                                             "EncCamelliaCbc"};
constexpr std::string_view kHash[] = {
    "", "HashMd5", "HashSha", "HashTiger", "HashSha2_256", "HashSha2_384", "HashSha2_512"};
constexpr std::string_view kAuthentication1[] = {"",
                                                 "AuthPreSharedKey",
                                                 "AuthDssSignatures",
                                                 "AuthRsaSignatures",
                                                 "AuthEncryptionWithRsa",
                                                 "AuthRevisedEncryptionWithRsa",
                                                 "AuthReserved",
                                                 "AuthReserved",
                                                 "AuthReserved",
                                                 "AuthEcdsaSha256",
                                                 "AuthEcdsaSha384",
                                                 "AuthEcdsaSha512"};
constexpr std::string_view kGroups[] = {"",
                                        "GroupDefault768BitModp",
                                        "GroupAlternate1024BitModpGroup",
                                        "GroupEc2nOnGp2p155",
                                        "GroupEc2nOnGp2p185",
                                        "GroupModp1536Bit",
                                        "GroupEc2nOverGf2p163",
                                        "GroupEc2nOverGf2p163",
                                        "GroupEc2nOverGf2p283",
                                        "GroupEc2nOverGf2p283",
                                        "GroupEc2nOverGf2p409",
                                        "GroupEc2nOverGf2p409",
                                        "GroupEc2nOverGf2p571",
                                        "GroupEc2nOverGf2p571",
                                        "GroupModp2048Bit",
                                        "GroupModp3072Bit",
                                        "GroupModp4096Bit",
                                        "GroupModp6144Bit",
                                        "GroupModp8192Bit",
                                        "GroupRandomEcp256",
                                        "GroupRandomEcp384",
                                        "GroupRandomEcp521",
                                        "GroupModp1024With160BitPrime",
                                        "GroupModp2048With224BitPrime",
                                        "GroupModp2048With256BitPrime",
                                        "GroupRandomEcp192",
                                        "GroupRandomEcp224",
                                        "GroupBrainpoolEcp224",
                                        "GroupBrainpoolEcp256",
                                        "GroupBrainpoolEcp384",
                                        "GroupBrainpoolEcp512"};
constexpr std::string_view kLifeTypes[] = {"", "LifeTypeSeconds", "LifeTypeKilobytes"};

// From kSa2 on.
constexpr std::string_view kPayloads2[] = {"SecurityAssociation",
                                           "KeyExchange",
                                           "IdentInitiator",
                                           "IdentResponder",
                                           "Certificate",
                                           "CertificateRequest",
                                           "Authentication",
                                           "Nonce",
                                           "Notify",
                                           "Delete",
                                           "VendorID",
                                           "TrafficSelectorInitiator",
                                           "TrafficSelectorResponder",
                                           "EncryptedAndAuthenticated",
                                           "Configuration",
                                           "ExtensibleAuthentication"};
constexpr std::string_view kEncryption2[] = {"",
                                             "ENCR_DES_IV64",
                                             "ENCR_DES",
                                             "ENCR_3DES",
                                             "ENCR_RC5",
                                             "ENCR_IDEA",
                                             "ENCR_CAST",
                                             "ENCR_BLOWFISH",
                                             "ENCR_3IDEA",
                                             "ENCR_DES_IV32",
                                             "",
                                             "ENCR_NULL",
                                             "ENCR_AES_CBC",
                                             "ENCR_AES_CTR",
                                             "ENCR_AES_CCM_8",
                                             "ENCR_AES_CCM_12",
                                             "ENCR_AES_CCM_16",
                                             "",
                                             "ENCR_AES_GCM_8",
                                             "ENCR_AES_GCM_12",
                                             "ENCR_AES_GCM_16",
                                             "ENCR_NULL_AUTH_AES_GMAC",
                                             "",
                                             "ENCR_CAMELLIA_CBC",
                                             "ENCR_CAMELLIA_CTR",
                                             "ENCR_CAMELLIA_CCM_8",
                                             "ENCR_CAMELLIA_CCM_12",
                                             "ENCR_CAMELLIA_CCM_16",
                                             "ENCR_CHACHA20_POLY1305"};
constexpr std::string_view kPrfs[] = {"PRF_NULL",          "PRF_HMAC_MD5",      "PRF_HMAC_SHA1",
                                      "PRF_HMAC_TIGER",    "PRF_AES128_XCBC",   "PRF_HMAC_SHA2_256",
                                      "PRF_HMAC_SHA2_384", "PRF_HMAC_SHA2_512", "PRF_AES128_CMAC"};
constexpr std::string_view kIntegrities[] = {"NONE",
                                             "AUTH_HMAC_MD5_96",
                                             "AUTH_HMAC_SHA1_96",
                                             "AUTH_DES_MAC",
                                             "AUTH_KPDK_MD5",
                                             "AUTH_AES_XCBC_96",
                                             "AUTH_HMAC_MD5_128",
                                             "AUTH_HMAC_SHA1_160",
                                             "AUTH_AES_CMAC_96",
                                             "AUTH_AES_128_GMAC",
                                             "AUTH_AES_192_GMAC",
                                             "AUTH_AES_256_GMAC",
                                             "AUTH_HMAC_SHA2_256_128",
                                             "AUTH_HMAC_SHA2_384_192",
                                             "AUTH_HMAC_SHA2_512_256"};
constexpr std::string_view kDhs[] = {"None",
                                     "Modp768",
                                     "Modp1024",
                                     "",
                                     "",
                                     "Modp1536",
                                     "",
                                     "",
                                     "",
                                     "",
                                     "",
                                     "",
                                     "",
                                     "",
                                     "Modp2048",
                                     "Modp3072",
                                     "Modp4096",
                                     "Modp6144",
                                     "Modp8192",
                                     "Ecp256",
                                     "Ecp384",
                                     "Ecp521",
                                     "Modp1024s160",
                                     "Modp2048s224",
                                     "Modp2048s256",
                                     "Ecp192",
                                     "Ecp224",
                                     "BrainpoolP224r1",
                                     "BrainpoolP256r1",
                                     "BrainpoolP384r1",
                                     "BrainpoolP512r1",
                                     "Curve25519",
                                     "Curve448"};
constexpr std::string_view kEsns[] = {"NoESN", "ESN"};

constexpr NumberName kNotifies[] = {{1, "UNSUPPORTED_CRITICAL_PAYLOAD"},
                                    {4, "INVALID_IKE_SPI"},
                                    {5, "INVALID_MAJOR_VERSION"},
                                    {7, "INVALID_SYNTAX"},
                                    {9, "INVALID_MESSAGE_ID"},
                                    {11, "INVALID_SPI"},
                                    {14, "NO_PROPOSAL_CHOSEN"},
                                    {17, "INVALID_KE_PAYLOAD"},
                                    {24, "AUTHENTICATION_FAILED"},
                                    {34, "SINGLE_PAIR_REQUIRED"},
                                    {35, "NO_ADDITIONAL_SAS"},
                                    {36, "INTERNAL_ADDRESS_FAILURE"},
                                    {37, "FAILED_CP_REQUIRED"},
                                    {38, "TS_UNACCEPTABLE"},
                                    {39, "INVALID_SELECTORS"},
                                    {43, "TEMPORARY_FAILURE"},
                                    {44, "CHILD_SA_NOT_FOUND"},
                                    {16384, "INITIAL_CONTACT"},
                                    {16385, "SET_WINDOW_SIZE"},
                                    {16386, "ADDITIONAL_TS_POSSIBLE"},
                                    {16387, "IPCOMP_SUPPORTED"},
                                    {16388, "NAT_DETECTION_SOURCE_IP"},
                                    {16389, "NAT_DETECTION_DESTINATION_IP"},
                                    {16390, "COOKIE"},
                                    {16391, "USE_TRANSPORT_MODE"},
                                    {16392, "HTTP_CERT_LOOKUP_SUPPORTED"},
                                    {16393, "REKEY_SA"},
                                    {16394, "ESP_TFC_PADDING_NOT_SUPPORTED"},
                                    {16395, "NON_FIRST_FRAGMENTS_ALSO"},
                                    {16404, "MULTIPLE_AUTH_SUPPORTED"},
                                    {16405, "ANOTHER_AUTH_FOLLOWS"},
                                    {16406, "REDIRECT_SUPPORTED"},
                                    {16430, "IKEV2_FRAGMENTATION_SUPPORTED"},
                                    {16431, "SIGNATURE_HASH_ALGORITHMS"}};

std::string_view at(Names names, std::uint64_t number) {
  return number < names.size() ? names[static_cast<std::size_t>(number)] : std::string_view{};
}

/// "Kind(19 / 0x13)".
std::string unnamed(std::string_view kind, unsigned number) {
  char hexadecimal[16];
  std::snprintf(hexadecimal, sizeof hexadecimal, "0x%x", number);
  return std::string(kind) + "(" + std::to_string(number) + " / " + hexadecimal + ")";
}

}  // namespace

std::string_view name_of_exchange1(std::uint8_t type) {
  constexpr std::string_view kFirst[] = {
      "Unknown Exchange Type",    "Base",       "Identity Protection",
      "Authentication Only",      "Aggressive", "Informational",
      "Transaction (Config Mode)"};
  if (type == 32) return "Quick Mode";
  return type == 33 ? "New Group Mode" : at(kFirst, type);
}

std::string_view name_of_payload1(std::uint8_t type) { return at(kPayloads1, type); }

std::string_view name_of_attribute(std::uint16_t type) {
  const std::string_view name = at(kAttributes, type);
  return name.empty() ? kAttributes[0] : name;
}

std::optional<std::uint16_t> find_attribute(std::string_view name) {
  if (std::ranges::find(kAskedFor, name) == std::end(kAskedFor)) return std::nullopt;
  const auto found = std::ranges::find(kAttributes, name);
  return static_cast<std::uint16_t>(found - std::begin(kAttributes));
}

std::string_view name_of_value(std::uint16_t attribute, std::uint64_t value) {
  constexpr Names kValues[] = {{}, kEncryption1, kHash, kAuthentication1, kGroups};
  constexpr std::uint16_t kLifeType = 11;
  const Names names = attribute < std::size(kValues) ? kValues[attribute]
                      : attribute == kLifeType       ? Names(kLifeTypes)
                                                     : Names{};
  const std::string_view name = at(names, value);
  return name.empty() ? "Unknown" : name;
}

std::string name_of_payload2(std::uint8_t type) {
  if (type == 0) return "NoNextPayload";
  const std::string_view name = type >= kSa2 ? at(kPayloads2, type - kSa2) : std::string_view{};
  return name.empty() ? unnamed("IkePayloadType", type) : std::string(name);
}

std::string name_of_transform(Transform kind, std::uint16_t id) {
  constexpr std::pair<std::string_view, Names> kKinds[] = {{"", {}},
                                                           {"IkeTransformEncType", kEncryption2},
                                                           {"IkeTransformPRFType", kPrfs},
                                                           {"IkeTransformAuthType", kIntegrities},
                                                           {"IkeTransformDHType", kDhs},
                                                           {"IkeTransformESNType", kEsns}};
  const auto& [kind_name, names] = kKinds[kind];
  const std::string_view name = at(names, id);
  return name.empty() ? unnamed(kind_name, id) : std::string(name);
}

std::string name_of_notify(std::uint16_t type) {
  const auto found = std::ranges::find(kNotifies, type, &NumberName::first);
  return found == std::end(kNotifies) ? unnamed("NotifyType", type) : std::string(found->second);
}

}  // namespace culvert::ike
