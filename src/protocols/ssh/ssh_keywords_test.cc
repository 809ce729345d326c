#include "protocols/ssh/ssh_keywords.h"

#include <gtest/gtest.h>

#include "protocols/ssh/ssh_types.h"
#include "protocols/text/keyword_testing.h"

namespace culvert::ssh {
namespace {

TEST(SshBuffers, GiveBannersAndHassh) {
  SshTransaction tx(FingerprintMode::kAuto);
  tx.peers[0].protocol = "2.0";
  tx.peers[0].software = "client";
  tx.peers[0].hassh_string = "a;b;c;d";
  tx.peers[1].protocol = "1.99";
  const Flow flow;
  const struct {
    const char* name;
    Direction direction;
    const char* expected;
  } cases[] = {
      {"ssh.proto", Direction::kToServer, "[2.0]"},
      {"ssh.proto", Direction::kToClient, "[1.99]"},
      {"ssh.software", Direction::kToServer, "[client]"},
      {"ssh.software", Direction::kToClient, "none"},
      {"ssh.hassh.string", Direction::kToServer, "[a;b;c;d]"},
      {"ssh.hassh.server.string", Direction::kToClient, "none"},
      {"ssh.hassh.server", Direction::kToClient, "none"},
  };
  EXPECT_FALSE(tx.hassh_was_asked);
  for (const auto& each : cases) {
    EXPECT_EQ(read_buffer(kSshBuffers, each.name, flow, tx, each.direction), each.expected)
        << each.name;
  }
  EXPECT_EQ(read_buffer(kSshBuffers, "ssh.hassh", flow, tx).size(), 34u);
  EXPECT_TRUE(tx.hassh_was_asked);
}

TEST(SshKeywords, ObsoleteOnesSayWhatReplacesThem) {
  SshTransaction tx(FingerprintMode::kAuto);
  EXPECT_EQ(ask_keyword(kSshKeywords, "ssh.protoversion", "2.0", tx), "refused");
  EXPECT_EQ(ask_keyword(kSshKeywords, "ssh.softwareversion", "x", tx), "refused");
}

}  // namespace
}  // namespace culvert::ssh
