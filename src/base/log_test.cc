#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace culvert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Logs a line of each level with braces and quotes in it; what the file then has.
std::string logged(LogOptions options) {
  std::string name = (std::filesystem::temp_directory_path() / "culvert-log-XXXXXX").string();
  ::close(::mkstemp(name.data()));
  options.to_console = false;
  options.file = name;
  configure_log(options);
  log_error("an {error} \"here\"\n");
  log_info("some info");
  log_debug("some detail");
  configure_log({});
  std::ifstream in(name);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove(name);
  return text;
}

TEST(Log, WritesWhatTheLevelLetsThrough) {
  const std::string text = logged({.file_level = LogLevel::kInfo});
  EXPECT_THAT(text, HasSubstr(" Error: an {error} \"here\"\n"));
  EXPECT_THAT(text, HasSubstr(" Info: some info\n"));
  EXPECT_THAT(text, Not(HasSubstr("detail")));
}

TEST(Log, WritesJsonLines) {
  const std::string text = logged({.file_level = LogLevel::kError, .file_json = true});
  EXPECT_THAT(text, HasSubstr(R"("log_level":"Error","event_type":"engine",)"
                              R"("engine":{"message":"an {error} \"here\"\u000a","module":"culvert"}})"));
  EXPECT_THAT(text, Not(HasSubstr("info")));
}

}  // namespace
}  // namespace culvert
