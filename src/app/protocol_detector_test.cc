#include "app/protocol_detector.h"

#include <gtest/gtest.h>

#include <string>

#include "config/config_file.h"

namespace culvert {
namespace {

ProbeResult probe_foo(Direction, Bytes data) {
  if (as_text(data).starts_with("foo!")) return ProbeResult::kYes;
  if (as_text(data).starts_with("oof!")) return ProbeResult::kYesReversed;
  return data.size() < 4 ? ProbeResult::kNeedMore : ProbeResult::kNo;
}
constexpr ProtocolProbe kPlainProbes[] = {
    {.ip_proto = 6,
     .default_ports = "7",
     .config_key = "foo.detection-ports.dp",
     .min_bytes = 2,
     .probe = probe_foo},
    {.ip_proto = 17,
     .default_ports = "7",
     .config_key = "foo.detection-ports.dp",
     .min_bytes = 2,
     .probe = probe_foo},
};
constexpr ProtocolSpec kPlain{
    .name = "foo", .proto = AppProto::kDns, .ip_protos = {6, 17}, .probes = kPlainProbes};

ProbeResult confirm_bar(Direction, Bytes data) {
  if (data.size() < 6) return ProbeResult::kNeedMore;
  return data[5] == std::byte{'1'} ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolPattern kPatternedPatterns[] = {
    {.direction = Direction::kToServer, .bytes = "HELO ", .nocase = true},
    {.direction = Direction::kToServer, .bytes = "BAR/", .confirm = confirm_bar},
    {.direction = Direction::kToClient, .bytes = "bar", .offset = 2, .depth = 8},
};
constexpr ProtocolSpec kPatterned{.name = "bar", .proto = AppProto::kSmtp, .patterns = kPatternedPatterns};

class ProtocolDetectorTest : public testing::Test {
 protected:
  void load(const std::string& yaml = "%YAML 1.1\n---\n") {
    Complaints complaints;
    const ConfigNode root = parse_config(yaml, "test.yaml", complaints);
    for (const std::uint8_t ip_proto : {std::uint8_t{6}, std::uint8_t{17}}) {
      detector_.add(kPlain, ip_proto, root, complaints);
    }
    detector_.add(kPatterned, 6, root, complaints);
    EXPECT_TRUE(complaints.ok());
  }
  ProtocolDetector detector_;
};

TEST_F(ProtocolDetectorTest, TellsTheProtocol) {
  load();
  constexpr auto kFromClient = Direction::kToServer;
  constexpr auto kFromServer = Direction::kToClient;
  const struct {
    const char* name;
    std::uint8_t ip_proto;
    Direction direction;
    std::string_view data;
    std::uint16_t client, server;
    const ProtocolSpec* spec;
    bool decided, reversed;
  } cases[] = {
      {"probe on its port", 6, kFromClient, "foo!", 999, 7, &kPlain, true, false},
      {"probe on another port", 6, kFromClient, "foo! bar, 17 byte", 999, 8, nullptr, true, false},
      {"client's port counts too", 6, kFromClient, "foo!", 7, 999, &kPlain, true, false},
      {"too short for the probe", 6, kFromClient, "f", 999, 7, nullptr, false, false},
      {"probe wants more", 6, kFromClient, "fo", 999, 7, nullptr, false, false},
      {"probe says no", 6, kFromClient, "fool, 17 bytes ...", 999, 7, nullptr, true, false},
      {"the server's bytes", 6, kFromClient, "oof!", 999, 7, &kPlain, true, true},
      {"a datagram decides", 17, kFromClient, "f", 999, 7, nullptr, true, false},
      {"pattern, any case", 6, kFromClient, "helo x", 999, 8, &kPatterned, true, false},
      {"front of a pattern", 6, kFromClient, "HEL", 999, 8, nullptr, false, false},
      {"not a pattern", 6, kFromClient, "HELP, 17 bytes ...", 999, 8, nullptr, true, false},
      {"too short to decide", 6, kFromClient, "HELP", 999, 8, nullptr, false, false},
      {"pattern to be confirmed", 6, kFromClient, "BAR/x", 999, 8, nullptr, false, false},
      {"pattern confirmed", 6, kFromClient, "BAR/x1", 999, 8, &kPatterned, true, false},
      {"pattern refused", 6, kFromClient, "BAR/x2 17 bytes ..", 999, 8, nullptr, true, false},
      {"pattern of the other side", 6, kFromServer, "HELO xxxxx", 999, 8, nullptr, true, false},
      {"floating pattern, early", 6, kFromServer, "xxbar", 999, 8, &kPatterned, true, false},
      {"floating pattern, late", 6, kFromServer, "xxxxxbar", 999, 8, &kPatterned, true, false},
      {"floating pattern, too late", 6, kFromServer, "xxxxxxbarx", 999, 8, nullptr, true, false},
      {"floating pattern, too early", 6, kFromServer, "xbar123456", 999, 8, nullptr, true, false},
  };
  for (const auto& c : cases) {
    const auto answer = detector_.detect(c.ip_proto, c.direction, as_bytes(c.data),
                                         {.client = c.client, .server = c.server});
    EXPECT_EQ(answer.spec, c.spec) << c.name;
    EXPECT_EQ(answer.decided, c.decided) << c.name;
    EXPECT_EQ(answer.reversed, c.reversed) << c.name;
  }
}

TEST_F(ProtocolDetectorTest, TakesPortsFromTheConfiguration) {
  load(
      "%YAML 1.1\n---\napp-layer:\n  protocols:\n    foo:\n      detection-ports:\n"
      "        dp: 8, 100:200\n");
  for (const auto& [port, found] : {std::pair{7, false}, {8, true}, {150, true}, {201, false}}) {
    const auto answer = detector_.detect(6, Direction::kToServer, as_bytes("foo!"),
                                         {.client = 1, .server = static_cast<std::uint16_t>(port)});
    EXPECT_EQ(answer.spec != nullptr, found) << port;
  }
}

TEST(PortList, ParsesOrRefuses) {
  const std::pair<const char*, bool> cases[] = {
      {"53", true},  {"[53, 5353]", true}, {"1:2", true},    {"1024:", true}, {"", true},
      {"any", true}, {"2:1", false},       {"65536", false}, {"http", false}};
  for (const auto& [text, good] : cases) {
    EXPECT_EQ(PortList::parse(text).has_value(), good) << text;
  }
  EXPECT_TRUE(PortList::parse("1024:")->contains(65535));
  EXPECT_FALSE(PortList::parse("")->contains(1));
}

TEST(AppProto, NamesComeBack) {
  for (int i = 0; i <= static_cast<int>(AppProto::kLast); ++i) {
    const auto proto = static_cast<AppProto>(i);
    if (proto == AppProto::kHttp1) continue;  // "http" in a rule means both
    EXPECT_EQ(find_app_proto(name_of(proto)), proto) << name_of(proto);
  }
  EXPECT_EQ(find_app_proto("http"), AppProto::kHttp);
  EXPECT_EQ(find_app_proto("http1"), AppProto::kHttp1);
  EXPECT_EQ(find_app_proto("nonsense"), std::nullopt);
  EXPECT_TRUE(covers(AppProto::kHttp, AppProto::kHttp2));
  EXPECT_FALSE(covers(AppProto::kHttp1, AppProto::kHttp2));
}

TEST_F(ProtocolDetectorTest, FindsWhatTheOtherDirectionWouldSay) {
  load();
  EXPECT_EQ(detector_.find_reversed(Direction::kToServer, as_bytes(std::string_view("..bar..."))), &kPatterned);
  EXPECT_EQ(detector_.find_reversed(Direction::kToClient, as_bytes(std::string_view("helo x"))), &kPatterned);
  EXPECT_EQ(detector_.find_reversed(Direction::kToServer, as_bytes(std::string_view("helo x"))), nullptr);
}

}  // namespace
}  // namespace culvert
