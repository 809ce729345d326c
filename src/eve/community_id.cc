#include "eve/community_id.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>

namespace culvert {
namespace {

void put_u16(std::uint8_t*& to, std::uint16_t value) {
  *to++ = static_cast<std::uint8_t>(value >> 8);
  *to++ = static_cast<std::uint8_t>(value);
}

void put_address(std::uint8_t*& to, const IpAddress& address) {
  for (const std::byte byte : address.bytes()) *to++ = std::to_integer<std::uint8_t>(byte);
}

}  // namespace

// seed(2) low address, high address, protocol(1), zero(1), low port(2), high port(2)
std::string_view make_community_id(const Flow& flow, std::uint16_t seed, CommunityId& out) {
  const std::uint8_t proto = flow.key.ip_proto;
  const bool ports = proto == 6 || proto == 17 || proto == 132;
  const bool icmp = proto == 1 || proto == 58;
  IpAddress low = flow.client(), high = flow.server();
  std::uint16_t low_port = flow.client_port(), high_port = flow.server_port();
  if (icmp) {
    low_port = flow.icmp_type[0];
    high_port = flow.sides[1].packets != 0 ? flow.icmp_type[1] : flow.icmp_code[0];
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
  if (ports || icmp) {
    put_u16(to, low_port);
    put_u16(to, high_port);
  }
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
  SHA1(input.data(), static_cast<std::size_t>(to - input.data()), digest.data());
  out[0] = '1';
  out[1] = ':';
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + 2), digest.data(),
                                   static_cast<int>(digest.size()));
  return {out.data(), static_cast<std::size_t>(size) + 2};
}

}  // namespace culvert
