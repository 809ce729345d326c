#include <gtest/gtest.h>

#include <string>

#include "builtin/protocols.h"
#include "config/config_file.h"
#include "eve/eve_config.h"

namespace culvert {
namespace {

/// As the configuration that comes with Suricata does in one output; two are usual too.
TEST(EveTypes, OfAllProtocolsCanBeLoggedTwice) {
  std::string types;
  for (const ProtocolSpec* const spec : builtin_protocols()) {
    for (const EveLogger& logger : spec->loggers) {
      types += types.empty() ? "" : ", ";
      types += logger.config_key.empty() ? logger.event_type : logger.config_key;
    }
  }
  std::string text = "%YAML 1.1\n---\noutputs:\n";
  for (const char* const file : {"a", "b"}) {
    text += std::string("  - eve-log:\n      enabled: yes\n      filename: ") + file +
            ".json\n      types: [" + types + "]\n";
  }
  Complaints complaints;
  const ConfigNode root = parse_config(text, "test", complaints);
  const EveConfig config(root, "/log", builtin_protocols(), complaints);
  EXPECT_TRUE(complaints.ok());
  ASSERT_EQ(config.eve().size(), 2u);
  EXPECT_GT(config.eve()[0].loggers.size(), 31u);
  EXPECT_GE(config.eve()[1].loggers.size(), config.eve()[0].loggers.size());
}

}  // namespace
}  // namespace culvert
