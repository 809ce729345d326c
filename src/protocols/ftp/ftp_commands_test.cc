#include "protocols/ftp/ftp_commands.h"

#include <gtest/gtest.h>

namespace culvert::ftp {
namespace {

TEST(FtpCommands, WordsInAnyCase) {
  EXPECT_EQ(parse_command("retr a b").name, "RETR");
  EXPECT_EQ(parse_command("retr a b").data, "a b");
  EXPECT_EQ(parse_command("AUTH TLS").command, Command::kAuthTls);
  EXPECT_EQ(parse_command("XMKD a").name, "MKD");
  EXPECT_EQ(parse_command("XMKD a").data, " a");
  EXPECT_TRUE(parse_command("XPWD").has_data);
  EXPECT_FALSE(parse_command("PWD").has_data);
  EXPECT_EQ(parse_command("feat").name, "feat");
}

TEST(FtpCommands, Ports) {
  const auto port = parse_port("192,168,0,13,234,10");
  ASSERT_TRUE(port);
  EXPECT_EQ(port->port, 59914);
  EXPECT_EQ(port->address, IpAddress::v4(0xc0a8000d));
  for (const char* bad : {"", "1,2,3,4,5", "256,1,1,1,1,1", "1,2,3,4,5,999", "a,b"}) {
    EXPECT_FALSE(parse_port(bad)) << bad;
  }
  EXPECT_EQ(parse_eprt("|1|132.235.1.2|6275|")->port, 6275);
  EXPECT_EQ(parse_eprt("|2|1080::8:800:200C:417A|5282|")->port, 5282);
  for (const char* bad : {"", "|", "|1|", "|3|1.2.3.4|5|", "|1|1.2.3.4|70000|", "|1|x|5|"}) {
    EXPECT_FALSE(parse_eprt(bad)) << bad;
  }
  EXPECT_EQ(parse_pasv_reply("Entering Passive Mode (2,2,2,2,185,13).")->port, 47373);
  EXPECT_EQ(parse_pasv_reply("=1,2,3,4,5,6")->port, 1286);
  EXPECT_FALSE(parse_pasv_reply("Entering"));
  EXPECT_EQ(parse_epsv_reply("Entering Extended Passive Mode (|||58612|)"), 58612);
  EXPECT_FALSE(parse_epsv_reply("(||1|5|)"));
}

}  // namespace
}  // namespace culvert::ftp
