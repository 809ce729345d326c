#include "eve/eve_config.h"

#include <gtest/gtest.h>

#include <array>

#include "config/config_file.h"

namespace culvert {
namespace {

void write_bodies(const Flow&, const Transaction&, bool, bool, JsonWriter&) {}

constinit const ProtocolSpec kHttp{.name = "http", .write_alert_bodies = write_bodies};
constinit const ProtocolSpec kWebsocket{.name = "websocket", .write_alert_bodies = write_bodies};
constexpr std::array<const ProtocolSpec*, 2> kProtocols{&kHttp, &kWebsocket};

class EveConfigTest : public ::testing::Test {
 protected:
  /// Of one eve-log output with these settings.
  EveConfig parse(const std::string& settings) {
    root_ = parse_config("%YAML 1.1\n---\noutputs:\n  - eve-log:\n      enabled: yes\n" + settings,
                         "test", complaints_);
    return EveConfig(root_, "/log", kProtocols, complaints_);
  }
  ConfigNode root_;
  Complaints complaints_;
};

TEST_F(EveConfigTest, KnowsWhereRecordsGo) {
  const EveConfig config = parse(
      "      filename: a.json\n      prefix: '@cee: '\n      threaded: yes\n      buffer-size: "
      "8kb\n"
      "      types: [alert, metadata]\n");
  EXPECT_TRUE(complaints_.ok());
  ASSERT_EQ(config.eve().size(), 1u);
  const EveOutput& output = config.eve().front();
  EXPECT_EQ(output.prefix, "@cee: ");
  EXPECT_TRUE(config.sinks()[output.sink].threaded);
  EXPECT_EQ(config.sinks()[output.sink].path, "/log/a.json");
  EXPECT_TRUE(output.wants_type(EveType::kMetadata));
  EXPECT_FALSE(output.wants_type(EveType::kFlow));
}

TEST_F(EveConfigTest, AsksForBodiesProtocolByProtocol) {
  const EveConfig config =
      parse("      types:\n        - alert: {http-body-printable: yes, websocket-payload: yes}\n");
  EXPECT_TRUE(complaints_.ok());
  const std::vector<AlertOptions::Bodies>& bodies = config.eve().front().alert.bodies;
  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_EQ(bodies[0].spec, &kHttp);
  EXPECT_FALSE(bodies[0].bytes);
  EXPECT_TRUE(bodies[0].text);
  EXPECT_EQ(bodies[1].spec, &kWebsocket);
  EXPECT_TRUE(bodies[1].bytes);
  EXPECT_FALSE(bodies[1].text);
  EXPECT_TRUE(parse("      types: [alert]\n").eve().front().alert.bodies.empty());
}

constexpr EveLogger kLoggers[] = {{.event_type = "ftp"}};
constinit const ProtocolSpec kFtp{.name = "ftp", .proto = AppProto::kFtp, .loggers = kLoggers};
constexpr EveLogger kSmbLoggers[] = {{.event_type = "smb"}};
constinit const ProtocolSpec kSmb{.name = "smb", .proto = AppProto::kSmb, .loggers = kSmbLoggers};
constexpr std::array<const ProtocolSpec*, 2> kLogging{&kFtp, &kSmb};

/// So many eve-log outputs that have records of both.
std::string outputs(int count) {
  std::string text = "%YAML 1.1\n---\noutputs:\n";
  for (int i = 0; i < count; ++i) {
    text += "  - eve-log:\n      enabled: yes\n      filename: " + std::to_string(i) +
            ".json\n      types: [ftp, smb]\n";
  }
  return text;
}

TEST_F(EveConfigTest, LoggersOfOneProtocolHaveBitsOfTheirOwn) {
  root_ = parse_config(outputs(3), "test", complaints_);
  const EveConfig config(root_, "/log", kLogging, complaints_);
  EXPECT_TRUE(complaints_.ok());
  for (std::size_t i = 0; i < 3; ++i) {
    const std::vector<EveLoggerChoice>& loggers = config.eve()[i].loggers;
    ASSERT_EQ(loggers.size(), 2u);
    EXPECT_EQ(loggers[0].bit, 2 * i);
    EXPECT_EQ(loggers[1].bit, 2 * i);
  }
}

TEST_F(EveConfigTest, SaysWhenThereAreTooManyLoggers) {
  for (const int count : {kEveBits / 2, kEveBits / 2 + 1}) {
    root_ = parse_config(outputs(count), "test", complaints_);
    const EveConfig config(root_, "/log", kLogging, complaints_);
    EXPECT_EQ(complaints_.ok(), count == kEveBits / 2);
  }
}

}  // namespace
}  // namespace culvert
