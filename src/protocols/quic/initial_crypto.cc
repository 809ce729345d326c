#include "protocols/quic/initial_crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace culvert::quic {
namespace {

using Salt = std::array<unsigned char, 20>;
using Secret = std::array<std::byte, 32>;

constexpr Salt kSaltV1{0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                       0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
constexpr Salt kSaltV2{0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                       0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9};
constexpr Salt kSaltDraft29{0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                            0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99};
constexpr Salt kSaltDraft23{0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
                            0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02};

constexpr std::size_t kTagSize = 16, kSampleSize = 16, kMostNumberSize = 4;

const Salt* salt_of(Version version) {
  if (version == kVersion1) return &kSaltV1;
  if (version == kVersion2) return &kSaltV2;
  const std::uint32_t draft = draft_number(version);
  if (draft >= 33) return &kSaltV1;
  if (draft >= 29) return &kSaltDraft29;
  return draft >= 23 ? &kSaltDraft23 : nullptr;
}

const unsigned char* raw(Bytes bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

Secret hmac(Bytes key, Bytes data) {
  Secret digest{};
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(data), data.size(),
       raw(std::span<std::byte>(digest)), nullptr);
  return digest;
}

/// HKDF-Expand-Label of TLS 1.3 (RFC 8446 section 7.1), which needs one block for what is asked.
void expand(const Secret& secret, std::string_view label, std::span<std::byte> out) {
  std::string info{'\0', static_cast<char>(out.size()), static_cast<char>(6 + label.size())};
  info.append("tls13 ").append(label).append({'\0', '\1'});
  const Secret block = hmac(secret, as_bytes(info));
  std::copy_n(block.begin(), out.size(), out.begin());
}

/// The number whose last `size` bytes are `truncated`, nearest to `expected` (RFC 9000 A.3).
std::uint64_t whole_number(std::uint64_t expected, std::uint64_t truncated, std::size_t size) {
  const std::uint64_t window = std::uint64_t{1} << (8 * size), half = window / 2;
  const std::uint64_t number = (expected & ~(window - 1)) | truncated;
  if (number + half <= expected && number < (std::uint64_t{1} << 62) - window) {
    return number + window;
  }
  return number > expected + half && number >= window ? number - window : number;
}

}  // namespace

void InitialCrypto::FreeContext::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);
}

InitialCrypto::InitialCrypto()
    : mask_cipher_(EVP_CIPHER_CTX_new()), payload_cipher_(EVP_CIPHER_CTX_new()) {
  EVP_EncryptInit_ex(mask_cipher_.get(), EVP_aes_128_ecb(), nullptr, nullptr, nullptr);
  EVP_DecryptInit_ex(payload_cipher_.get(), EVP_aes_128_gcm(), nullptr, nullptr, nullptr);
}

bool InitialCrypto::knows(Version version) { return salt_of(version) != nullptr; }

void InitialCrypto::derive(Version version, Bytes id) {
  const Secret initial = hmac(std::as_bytes(std::span(*salt_of(version))), id);
  const std::string prefix = version == kVersion2 ? "quicv2 " : "quic ";
  for (const Direction sender : {Direction::kToServer, Direction::kToClient}) {
    Secret secret;
    expand(initial, sender == Direction::kToServer ? "client in" : "server in", secret);
    Keys& keys = keys_[index_of(sender)];
    expand(secret, prefix + "key", keys.key);
    expand(secret, prefix + "iv", keys.iv);
    expand(secret, prefix + "hp", keys.header_key);
    keys.next_number = 0;
  }
  version_ = version;
  id_hash_ = initial;
  has_keys_ = true;
}

bool InitialCrypto::is_for(Version version, Bytes id) const {
  return has_keys_ && version == version_ &&
         id_hash_ == hmac(std::as_bytes(std::span(*salt_of(version))), id);
}

std::optional<Bytes> InitialCrypto::open(const PacketHeader& header, Direction sender) {
  if (header.payload.size() < kMostNumberSize + kSampleSize) return std::nullopt;
  Keys& keys = keys_[index_of(sender)];
  // Header protection (RFC 9001 section 5.4): first byte and packet number, by a mask that is
  // made of a sample of the payload.
  std::array<unsigned char, kSampleSize> mask{};
  int size = 0;
  EVP_EncryptInit_ex(mask_cipher_.get(), nullptr, nullptr, raw(Bytes(keys.header_key)), nullptr);
  EVP_EncryptUpdate(mask_cipher_.get(), mask.data(), &size,
                    raw(header.payload.subspan(kMostNumberSize, kSampleSize)), kSampleSize);
  const std::byte first = header.packet[0] ^ std::byte(mask[0] & 0x0f);
  const std::size_t number_size = (std::to_integer<std::size_t>(first) & 3) + 1;
  std::array<std::byte, kMostNumberSize> number_bytes{};
  std::uint64_t truncated = 0;
  for (std::size_t i = 0; i < number_size; ++i) {
    number_bytes[i] = header.payload[i] ^ std::byte(mask[1 + i]);
    truncated = truncated << 8 | std::to_integer<std::uint64_t>(number_bytes[i]);
  }
  const std::uint64_t number = whole_number(keys.next_number, truncated, number_size);

  std::array<std::byte, 12> nonce = keys.iv;
  for (std::size_t i = 0; i < 8; ++i) nonce[11 - i] ^= std::byte(number >> (8 * i) & 0xff);
  const Bytes sealed = header.payload.subspan(number_size);
  const Bytes text = sealed.first(sealed.size() - kTagSize);
  std::array<unsigned char, kTagSize> tag{};
  std::copy_n(raw(sealed.last(kTagSize)), kTagSize, tag.data());

  EVP_CIPHER_CTX* const cipher = payload_cipher_.get();
  const auto authenticate = [&](Bytes bytes) {
    EVP_DecryptUpdate(cipher, nullptr, &size, raw(bytes), static_cast<int>(bytes.size()));
  };
  EVP_DecryptInit_ex(cipher, nullptr, nullptr, raw(Bytes(keys.key)), raw(Bytes(nonce)));
  authenticate(Bytes(&first, 1));
  authenticate(header.packet.subspan(1, header.number_offset - 1));
  authenticate(Bytes(number_bytes).first(number_size));
  opened_.resize(text.size());
  EVP_DecryptUpdate(cipher, raw(std::span<std::byte>(opened_)), &size, raw(text),
                    static_cast<int>(text.size()));
  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data());
  std::array<unsigned char, kTagSize> nothing{};
  if (EVP_DecryptFinal_ex(cipher, nothing.data(), &size) <= 0) return std::nullopt;
  keys.next_number = std::max(keys.next_number, number + 1);
  return Bytes(opened_);
}

}  // namespace culvert::quic
