#include "protocols/tls/fingerprint.h"

#include <gtest/gtest.h>

namespace culvert::tls {
namespace {

std::string_view view(const auto& array) { return {array.data(), array.size()}; }

TEST(Fingerprint, Ja3) {
  Peer client;
  client.legacy_version = 0x0303;
  client.ciphers = {4865, 49199};
  client.extensions = {0, 43, 10, 11, 13};
  client.groups = {29, 23};
  const std::byte formats[] = {std::byte{0}, std::byte{1}};
  client.point_formats = formats;
  EXPECT_EQ(format_ja3(client), "771,4865-49199,0-43-10-11-13,29-23,0-1");
  EXPECT_EQ(format_ja3(Peer{}), "0,,,,");
  EXPECT_EQ(view(md5_hex("771,4865-49199-49200,0,,")), "346b9eb78a98099f677d4c558779e2f8");
}

TEST(Fingerprint, Ja3s) {
  Peer server;
  server.legacy_version = 0x0303;
  server.ciphers = {49199};
  server.extensions = {65281, 11, 35};
  EXPECT_EQ(format_ja3s(server), "771,49199,65281-11-35");
  EXPECT_EQ(view(md5_hex(format_ja3s(server))), "ccc514751b175866924439bdbb5bba34");
}

TEST(Fingerprint, Ja4) {
  // As the reference gives them for the same hellos.
  const std::byte random[32] = {};
  Peer client;
  client.random = random;
  client.version = kTls12;
  client.ciphers = {0x1301, 0xc02f, 0xc030};
  client.extensions = {0};
  EXPECT_EQ(view(compute_ja4(client)), "t12d030100_92548b2f350b_d2e2adf7177b");
  client.version = kTls13;
  client.extensions = {43, 13};
  client.signature_algorithms = {0x0403};
  EXPECT_EQ(view(compute_ja4(client)), "t13i030200_92548b2f350b_3953dc75acc4");
}

TEST(Fingerprint, AlpnInJa4) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"h2", "h2"},       {"http/1.1", "h1"}, {"x", "xx"},  {"\xab", "ab"},
      {"\xab\xcd", "ad"}, {"a\xff", "6f"},    {"-a", "21"}, {std::string_view("0\0z", 3), "0z"},
  };
  for (const auto& [alpn, expected] : cases) {
    Peer client;
    client.alpns = {alpn};
    EXPECT_EQ(view(compute_ja4(client)).substr(8, 2), expected);
  }
}

}  // namespace
}  // namespace culvert::tls
