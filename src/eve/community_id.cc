#include "eve/community_id.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>

namespace culvert {
namespace {

constexpr std::uint8_t kEsp = 50;

void put_u16(std::uint8_t*& to, std::uint16_t value) {
  *to++ = static_cast<std::uint8_t>(value >> 8);
  *to++ = static_cast<std::uint8_t>(value);
}

void put_address(std::uint8_t*& to, const IpAddress& address) {
  for (const std::byte byte : address.bytes()) *to++ = std::to_integer<std::uint8_t>(byte);
}

/// What answers an ICMP message, as the specification of community ids pairs them; -1: nothing
/// does.
int counterpart(std::uint8_t proto, std::uint8_t type) {
  constexpr std::uint8_t kPairs4[][2] = {{0, 8}, {10, 9}, {13, 14}, {15, 16}, {17, 18}};
  constexpr std::uint8_t kPairs6[][2] = {{128, 129}, {130, 131}, {133, 134},
                                         {135, 136}, {139, 140}, {144, 145}};
  const auto find = [type](const auto& pairs) {
    for (const auto& [one, other] : pairs) {
      if (type == one) return int{other};
      if (type == other) return int{one};
    }
    return -1;
  };
  return proto == 1 ? find(kPairs4) : find(kPairs6);
}

}  // namespace

// seed(2) low address, high address, protocol(1), zero(1), low port(2), high port(2); ports are
// zero where the protocol has none, of ICMP the type and that of its answer
std::string_view make_community_id(const Flow& flow, std::uint16_t seed, CommunityId& out) {
  const std::uint8_t proto = flow.key.ip_proto;
  const bool icmp = proto == 1 || proto == 58;
  IpAddress low = flow.client(), high = flow.server();
  std::uint16_t low_port = flow.client_port(), high_port = flow.server_port();
  if (proto == kEsp) {  // the reference takes the halves of its SPI for ports
    low_port = static_cast<std::uint16_t>(flow.esp_spi());
    high_port = static_cast<std::uint16_t>(flow.esp_spi() >> 16);
  }
  if (icmp) {
    const int answer = counterpart(proto, flow.sides[0].icmp_type);
    low_port = flow.sides[0].icmp_type;
    high_port = static_cast<std::uint16_t>(std::max(answer, 0));
  }
  if (high < low || (low == high && high_port < low_port)) {
    std::swap(low, high);
    std::swap(low_port, high_port);
  }
  std::array<std::uint8_t, 40> input{};
  std::uint8_t* to = input.data();
  put_u16(to, seed);
  put_address(to, low);
  put_address(to, high);
  *to++ = proto;
  *to++ = 0;
  put_u16(to, low_port);
  put_u16(to, high_port);
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
  SHA1(input.data(), static_cast<std::size_t>(to - input.data()), digest.data());
  out[0] = '1';
  out[1] = ':';
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + 2), digest.data(),
                                   static_cast<int>(digest.size()));
  return {out.data(), static_cast<std::size_t>(size) + 2};
}

}  // namespace culvert
