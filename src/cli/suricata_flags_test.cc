#include "cli/suricata_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

namespace culvert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<SuricataFlags> parse(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words{"culvert"};
  for (std::string word; in >> word;) words.push_back(word);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  return parse_suricata_flags(static_cast<int>(words.size()), arguments.data());
}

TEST(SuricataFlags, ReadsTheConformanceRunnersLine) {
  const auto parsed = parse(
      "-k none -vvv --runmode=single --set classification-file=/a --set reference-config-file=/b "
      "--init-errors-fatal -l out --simulate-ips -c suricata.yaml -r input.pcap -S test.rules");
  ASSERT_TRUE(parsed) << parsed.error().text();
  const Flags& flags = parsed->flags;
  EXPECT_EQ(parsed->action, CliAction::kRun);
  EXPECT_EQ(flags.checksums, "none");
  EXPECT_EQ(flags.verbosity, 3);
  EXPECT_EQ(flags.runmode, "single");
  EXPECT_THAT(flags.overrides, ElementsAre("classification-file=/a", "reference-config-file=/b"));
  EXPECT_TRUE(flags.init_errors_fatal);
  EXPECT_TRUE(flags.simulate_ips);
  EXPECT_EQ(flags.log_dir, "out");
  EXPECT_EQ(flags.config_file, "suricata.yaml");
  EXPECT_EQ(flags.source, SourceKind::kPcapFile);
  EXPECT_THAT(flags.captures, ElementsAre("input.pcap"));
  EXPECT_THAT(flags.rule_files, ElementsAre("test.rules"));
  EXPECT_TRUE(flags.rule_files_exclusive);
}

TEST(SuricataFlags, TakesAFilterBehindTheOptions) {
  const auto parsed = parse("-r x.pcap tcp port 80 -l out");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->flags.bpf, "tcp port 80");
  EXPECT_EQ(parsed->flags.log_dir, "out");
}

TEST(SuricataFlags, TakesArgumentsThatMayBeLeftOut) {
  EXPECT_EQ(parse("--list-keywords")->list_argument, "");
  EXPECT_EQ(parse("--list-keywords=csv")->list_argument, "csv");
  EXPECT_EQ(parse("--list-keywords")->action, CliAction::kListKeywords);
  EXPECT_TRUE(parse("--af-packet tcp")->flags.interfaces.empty());
  EXPECT_THAT(parse("--af-packet=eth0")->flags.interfaces, ElementsAre("eth0"));
  EXPECT_TRUE(parse("-T --strict-rule-keywords=content")->flags.strict_rule_keywords);
  EXPECT_TRUE(parse("-T --init-err")->flags.init_errors_fatal);  // abbreviated
}

TEST(SuricataFlags, NamesWhatIsNotBuiltIn) {
  for (const char* const line : {"--af-xdp=eth0", "--af-xdp", "--dpdk", "--erf-in x.erf"}) {
    const auto parsed = parse(line);
    ASSERT_FALSE(parsed) << line;
    EXPECT_THAT(parsed.error().message, HasSubstr("not built in")) << line;
  }
  EXPECT_TRUE(parse("-T --reject-dev eth0"));
  EXPECT_TRUE(parse("-T --pcap-buffer-size 8192 --pcap-file-buffer-size 8192"));
  EXPECT_EQ(parse("--pcap=eth0")->flags.source, SourceKind::kAfPacket);
}

TEST(SuricataFlags, SaysWhatDoesNotGoTogether) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "nothing to read packets from"},
      {"--foo", "unrecognized option '--foo'"},
      {"-r", "requires an argument"},
      {"-r a -i b", "more than one run mode"},
      {"-r a -s x -S y", "can't have multiple -S options or mix"},
      {"-r a -k maybe", "option 'maybe' invalid for -k"},
      {"-c a -c b -r c", "can't have multiple -c"},
      {"-r a -S b --disable-detection", "when detection is disabled"},
  };
  for (const auto& [line, expected] : cases) {
    const auto parsed = parse(line);
    ASSERT_FALSE(parsed) << line;
    EXPECT_THAT(parsed.error().text(), HasSubstr(expected)) << line;
  }
}

TEST(MakeRunOptions, BringsFlagsAndConfigurationTogether) {
  Flags flags = parse("-T -q 3 -T")->flags;
  flags.queues = {"1", "4:6"};
  flags.log_dir = std::filesystem::temp_directory_path().string();
  flags.overrides = {"stream.midstream=true", "runmode=workers"};
  Complaints complaints;
  const RunOptions options =
      make_run_options(flags, load_effective_config(flags, complaints), complaints);
  EXPECT_TRUE(complaints.ok());
  EXPECT_THAT(options.queues, ElementsAre(1, 4, 5, 6));
  EXPECT_TRUE(options.test_only);
  EXPECT_TRUE(options.uses_built_in_config);
  EXPECT_EQ(options.runmode, "workers");
  EXPECT_EQ(options.config.text("stream.midstream"), "true");
  EXPECT_EQ(options.config.text("outputs.0.fast.filename"), "fast.log");
}

TEST(MakeRunOptions, ComplainsOfAllThatIsWrong) {
  Flags flags;
  flags.log_dir = "/nonexistent/logs";
  flags.captures = {"/nonexistent/x.pcap"};
  flags.queues = {"5:1", "x"};
  flags.runmode = "foo";
  Complaints complaints;
  make_run_options(flags, load_effective_config(flags, complaints), complaints);
  EXPECT_EQ(complaints.errors.size(), 5u);
}

TEST(MakeLogOptions, FollowsTheConfigurationAndV) {
  Flags flags;
  Complaints complaints;
  const auto options = [&] {
    return make_log_options(flags, load_effective_config(flags, complaints), "/log", complaints);
  };
  EXPECT_EQ(options().file, "/log/suricata.log");
  EXPECT_EQ(options().level, LogLevel::kNotice);
  EXPECT_EQ(options().file_level, LogLevel::kInfo);
  flags.verbosity = 2;
  flags.overrides = {"logging.outputs.1.file.type=json"};
  EXPECT_EQ(options().level, LogLevel::kDebug);
  EXPECT_TRUE(options().file_json);
  EXPECT_TRUE(options().to_console);
  // Nothing configured: a console, no file.
  const LogOptions bare = make_log_options(Flags{}, ConfigNode(), "/log", complaints);
  EXPECT_TRUE(bare.to_console);
  EXPECT_EQ(bare.file, "");
  EXPECT_TRUE(complaints.ok());
}

}  // namespace
}  // namespace culvert
