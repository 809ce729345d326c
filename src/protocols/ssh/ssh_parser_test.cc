#include "protocols/ssh/ssh_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "event/json_writer.h"
#include "protocols/ssh/ssh_eve.h"
#include "testing/chop.h"

namespace culvert::ssh {
namespace {

std::string number(std::size_t n) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift & 0xff));
  return out;
}
/// A packet with 4 bytes of padding.
std::string packet(char message, const std::string& payload) {
  return number(payload.size() + 6) + '\4' + message + payload + std::string(4, '\0');
}
std::string kex_init() {
  std::string out(16, 'c');
  for (const std::string names : {"k1,k2", "h", "ec", "es", "mc", "ms", "cc", "cs", "", ""}) {
    out += number(names.size()) + names;
  }
  return packet(20, out + std::string(5, '\0'));
}
const std::string kNewKeysPacket = packet(21, "");

struct Connection {
  explicit Connection(SshOptions o = {}) : options(o) {}
  ParseStatus say(Direction direction, Bytes bytes) {
    return parser.feed({.flow = flow, .direction = direction, .bytes = bytes, .time = {}});
  }
  ParseStatus client(const std::string& text) { return say(Direction::kToServer, as_bytes(text)); }
  ParseStatus server(const std::string& text) { return say(Direction::kToClient, as_bytes(text)); }
  const SshTransaction& tx() const {
    return static_cast<const SshTransaction&>(*parser.transactions().at(0));
  }
  std::string described() const {
    JsonWriter json;
    json.begin_object();
    write_metadata(flow, tx(), json);
    json.end_object();
    std::string out = std::to_string(tx().progress[0]) + "/" + std::to_string(tx().progress[1]);
    for (std::size_t i = 0; i < std::size(kEventNames); ++i) {
      if (tx().events.has(static_cast<std::uint8_t>(i))) out += " !" + std::string(kEventNames[i]);
    }
    return out + " " + std::string(json.text());
  }
  SshOptions options;
  Flow flow;
  SshParser parser{options};
};

TEST(SshParser, ReadsBannersAndKeyExchange) {
  Connection ssh({.hassh = FingerprintMode::kYes});
  ssh.server("SSH-2.0-srv_1 comment\r\n" + kex_init());
  EXPECT_EQ(ssh.described(),
            "0/2 {\"ssh\":{\"server\":{\"proto_version\":\"2.0\",\"software_version\":\"srv_1\","
            "\"hassh\":{\"hash\":\"26adf5b493ff1974fbcf727bb52d8808\","
            "\"string\":\"k1,k2;es;ms;cs\"}}}}");
  ssh.client("SSH-1.99-cli\n" + kex_init() + kNewKeysPacket + "encrypted");
  EXPECT_EQ(ssh.tx().progress[0], kFinished);
  EXPECT_EQ(ssh.tx().peer(Direction::kToServer).hassh_string, "k1,k2;ec;mc;cc");
  EXPECT_FALSE(ssh.parser.wishes.no_inspection);
  ssh.server(kNewKeysPacket);
  EXPECT_TRUE(ssh.parser.wishes.no_inspection);
  EXPECT_EQ(ssh.tx().progress[1], kFinished);
}

TEST(SshParser, NotesWhatIsWrong) {
  const std::string record = number(1) + "\1\1";
  const struct {
    const char* name;
    std::string client;
    const char* expected;
  } cases[] = {
      {"no software", "SSH-2.0-\r\n", "2/0 {\"ssh\":{\"client\":{\"proto_version\":\"2.0\"}}}"},
      {"no dash", "SSH-2.0\r\n", "3/3 !invalid_banner {}"},
      {"no version", "SSH--x\r\n", "3/3 !invalid_banner {}"},
      {"no banner", "hello\r\n", "3/3 !invalid_banner {}"},
      {"long", "SSH-2-" + std::string(250, 'x') + "\r\n", nullptr},
      {"longer than held", "SSH-2-" + std::string(9000, 'x'), nullptr},
      {"bad packet", "SSH-2-x\r\n" + record,
       "3/3 !invalid_record {\"ssh\":{\"client\":{\"proto_version\":\"2\","
       "\"software_version\":\"x\"}}}"},
      {"huge KEXINIT", "SSH-2-x\r\n" + number(70000) + "\4\x14",
       "2/0 !long_kex_record {\"ssh\":{\"client\":{\"proto_version\":\"2\","
       "\"software_version\":\"x\"}}}"},
      {"KEXINIT of nonsense", "SSH-2-x\r\n" + packet(20, std::string(30, '\xff')),
       "2/0 {\"ssh\":{\"client\":{\"proto_version\":\"2\",\"software_version\":\"x\"}}}"},
  };
  for (const auto& c : cases) {
    Connection ssh;
    ssh.client(c.client);
    const std::string whole = ssh.described();
    if (c.expected != nullptr) {
      EXPECT_EQ(whole, c.expected) << c.name;
    } else {
      EXPECT_NE(whole.find("!long_banner"), std::string::npos) << c.name;
    }
  }
}

TEST(SshParser, ServersMaySayMoreBeforeTheirBanner) {
  Connection ssh;
  EXPECT_EQ(ssh.server("hello\r\nwelcome\r\nSSH-2.0-srv\r\n"), ParseStatus::kDone);
  EXPECT_EQ(ssh.tx().peer(Direction::kToClient).software, "srv");
  Connection endless;
  std::string lines;
  for (int i = 0; i < 60; ++i) lines += "x\r\n";
  EXPECT_EQ(endless.server(lines), ParseStatus::kMalformed);
}

TEST(SshParser, AnySplitGivesTheSame) {
  const std::string stream =
      "SSH-2.0-x y\r\n" + packet(1, "debug") + kex_init() + kNewKeysPacket + "zz";
  for_each_chop(as_bytes(stream), [&](const auto& pieces) {
    Connection ssh({.hassh = FingerprintMode::kYes});
    for (const Bytes piece : pieces) ssh.say(Direction::kToServer, piece);
    EXPECT_EQ(ssh.tx().progress[0], kFinished);
    EXPECT_EQ(ssh.tx().peer(Direction::kToServer).hassh_string, "k1,k2;ec;mc;cc");
  });
}

TEST(SshParser, GapWithinAPacketIsNoHarm) {
  Connection ssh;
  ssh.client("SSH-2.0-x\r\n" + number(100) + "\4\1");
  const AppInput input{
      .flow = ssh.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}};
  EXPECT_EQ(ssh.parser.gap(input, 98), ParseStatus::kDone);
  ssh.client(kNewKeysPacket);
  EXPECT_EQ(ssh.tx().progress[0], kFinished);
  EXPECT_EQ(ssh.parser.gap(input, 5000), ParseStatus::kDone);
  ssh.server("SSH-2.0-x");
  const AppInput other{
      .flow = ssh.flow, .direction = Direction::kToClient, .bytes = {}, .time = {}};
  EXPECT_EQ(ssh.parser.gap(other, 1), ParseStatus::kMalformed);
}

}  // namespace
}  // namespace culvert::ssh
