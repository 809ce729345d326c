#include "protocols/tls/fingerprint.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/md5.h>

#include <algorithm>
#include <vector>

#include "base/decimal.h"

namespace culvert::tls {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

/// As EVP_sha256(), which is looked up among the providers at each use.
const EVP_MD* fetch(const char* name, const EVP_MD* otherwise) {
  const EVP_MD* const fetched = EVP_MD_fetch(nullptr, name, nullptr);
  return fetched != nullptr ? fetched : otherwise;
}
const EVP_MD* sha256() {
  static const EVP_MD* const kSha256 = fetch("SHA256", EVP_sha256());
  return kSha256;
}

/// Of numbers of 16 bits, each with what stands before it.
constexpr std::size_t kMaxNumberSize = 6;

/// "771-4865"; room for kMaxNumberSize a number.
template <class Numbers>
char* put_list(char* out, const Numbers& numbers) {
  char* const begin = out;
  for (const auto number : numbers) {
    if (out != begin) *out++ = '-';
    out = put_decimal(out, static_cast<std::uint64_t>(number));
  }
  return out;
}

/// The version, and lists with commas before them.
template <class... Lists>
std::string format_lists(Version version, const Lists&... lists) {
  std::string text(kMaxNumberSize + (... + (1 + kMaxNumberSize * lists.size())), '\0');
  char* out = put_decimal(text.data(), version);
  const auto put = [&out](const auto& list) {
    *out++ = ',';
    out = put_list(out, list);
  };
  (put(lists), ...);
  text.resize(static_cast<std::size_t>(out - text.data()));
  return text;
}

void append_hex(std::string& out, std::uint16_t number) {
  if (!out.empty()) out += ',';
  for (int shift = 12; shift >= 0; shift -= 4) out += kHexDigits[number >> shift & 15];
}

/// The first 12 hexadecimal digits of the SHA-256.
std::string short_sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, sha256(), nullptr);
  std::string hex;
  for (std::size_t i = 0; i < 6; ++i) {
    hex += kHexDigits[digest[i] >> 4];
    hex += kHexDigits[digest[i] & 15];
  }
  return hex;
}

std::string sorted_hex(std::vector<std::uint16_t> numbers) {
  std::ranges::sort(numbers);
  std::string out;
  for (const std::uint16_t number : numbers) append_hex(out, number);
  return out;
}

std::string_view ja4_version(Version version) {
  switch (version) {
    case kSsl2:
      return "s2";
    case kSsl3:
      return "s3";
    case kTls10:
      return "10";
    case kTls11:
      return "11";
    case kTls12:
      return "12";
    case kTls13:
      return "13";
    default:
      return "00";
  }
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// First and last character of the first ALPN value; of its hexadecimal form if they are not
/// letters or digits; "00" without ALPN.
std::string ja4_alpn(const Peer& client) {
  if (client.alpns.empty()) return "00";
  const std::string_view alpn = client.alpns.front();
  if (is_alphanumeric(alpn.front()) && is_alphanumeric(alpn.back())) {
    return {alpn.front(), alpn.back()};
  }
  const auto first = static_cast<unsigned char>(alpn.front());
  const auto last = static_cast<unsigned char>(alpn.back());
  return {kHexDigits[first >> 4], kHexDigits[last & 15]};
}

}  // namespace

std::string format_ja3(const Peer& client) {
  return format_lists(client.legacy_version, client.ciphers, client.extensions, client.groups,
                      client.point_formats);
}

std::string format_ja3s(const Peer& server) {
  return format_lists(server.legacy_version, server.ciphers, server.extensions);
}

std::array<char, 32> md5_hex(std::string_view text) {
  std::array<unsigned char, MD5_DIGEST_LENGTH> digest{};
  // EVP_Digest() makes a context each time, which costs more than to hash so short a text.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  MD5(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
#pragma GCC diagnostic pop
  std::array<char, 32> hex;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    hex[i] = kHexDigits[digest[i / 2] >> 4];
    hex[i + 1] = kHexDigits[digest[i / 2] & 15];
  }
  return hex;
}

std::array<char, 36> compute_ja4(const Peer& client, char transport) {
  constexpr std::size_t kMaxCount = 99;
  std::vector<std::uint16_t> extensions;
  bool names_server = false;
  for (const std::uint16_t type : client.extensions) {
    const auto extension = static_cast<Extension>(type);
    names_server = names_server || extension == Extension::kServerName;
    if (extension != Extension::kServerName && extension != Extension::kAlpn) {
      extensions.push_back(type);
    }
  }
  std::string signature_algorithms;
  for (const std::uint16_t a : client.signature_algorithms) append_hex(signature_algorithms, a);
  // What an SSLv2 hello offers is not looked at, so its version does not count either.
  const Version version = client.random.empty() ? Version{0} : client.version;
  const std::string text = fmt::format(
      "{}{}{}{:02}{:02}{}_{}_{}", transport, ja4_version(version), names_server ? 'd' : 'i',
      std::min(client.ciphers.size(), kMaxCount), std::min(client.extensions.size(), kMaxCount),
      ja4_alpn(client), short_sha256(sorted_hex(client.ciphers)),
      short_sha256(sorted_hex(std::move(extensions)) + '_' + signature_algorithms));
  std::array<char, 36> ja4;
  std::copy_n(text.begin(), ja4.size(), ja4.begin());
  return ja4;
}

bool make_ja3(const TlsTransaction& tx) {
  Fingerprints& made = tx.fingerprints;
  // An SSLv2 hello has no random, and no lists of ours: no JA3. A malformed one gives what it has.
  if (!made.has_ja3 && !tx.client.random.empty() && tx.options.ja3 != FingerprintMode::kNo) {
    made.ja3_string = tx.arena.copy(std::string_view(format_ja3(tx.client)));
    made.ja3_hash = md5_hex(made.ja3_string);
    made.has_ja3 = true;
  }
  return made.has_ja3;
}

bool make_ja3s(const TlsTransaction& tx) {
  Fingerprints& made = tx.fingerprints;
  if (!made.has_ja3s && !tx.server.random.empty() && tx.options.ja3 != FingerprintMode::kNo) {
    made.ja3s_string = tx.arena.copy(std::string_view(format_ja3s(tx.server)));
    made.ja3s_hash = md5_hex(made.ja3s_string);
    made.has_ja3s = true;
  }
  return made.has_ja3s;
}

bool make_ja4(const TlsTransaction& tx) {
  Fingerprints& made = tx.fingerprints;
  if (!made.has_ja4 && (tx.client.hello || !tx.client.random.empty()) &&
      tx.options.ja4 != FingerprintMode::kNo) {
    made.ja4 = compute_ja4(tx.client);
    made.has_ja4 = true;
  }
  return made.has_ja4;
}

}  // namespace culvert::tls
