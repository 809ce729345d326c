#include "config/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace culvert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConfigNode parse(std::string_view lines, Complaints& complaints) {
  return parse_config("%YAML 1.1\n---\n" + std::string(lines), "test.yaml", complaints);
}

ConfigNode parse(std::string_view lines) {
  Complaints complaints;
  ConfigNode root = parse(lines, complaints);
  EXPECT_THAT(complaints.errors, IsEmpty()) << lines << complaints.errors.at(0).text();
  return root;
}

/// A folder of files that is gone after the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "culvert-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::filesystem::path write(const std::string& name, const std::string& lines) const {
    std::ofstream(path_ / name) << "%YAML 1.1\n---\n" << lines;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

TEST(ConfigFile, DumpsWhatItReadsAsTheReferenceDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"a: 1\n", "a = 1\n"},
      {"a:\n  b: ~\n  c: \"\"\n  d: null\n  e: \"null\"\n",
       "a = (null)\na.b = (null)\na.c = \na.d = (null)\na.e = null\n"},
      {"outputs:\n  - fast:\n      enabled: yes\n  - stats\n",
       "outputs = (null)\noutputs.0 = fast\noutputs.0.fast = (null)\noutputs.0.fast.enabled = "
       "yes\noutputs.1 = stats\n"},
      {"af-packet:\n - interface: eth0\n   threads: 2\n",
       "af-packet = (null)\naf-packet.0 = interface\naf-packet.0.interface = "
       "eth0\naf-packet.0.threads = 2\n"},
      {"a: []\nb: {}\nc: [1, 'x y']\n", "a = (null)\nb = (null)\nc = (null)\nc.0 = 1\nc.1 = x y\n"},
      {"vars.port-groups.FTP_PORTS: '[21,2121]'\n",
       "vars = (null)\nvars.port-groups = (null)\nvars.port-groups.FTP_PORTS = [21,2121]\n"},
      {"a: &x {b: 1}\nc: *x\n", "a = (null)\na.b = 1\nc = (null)\nc.b = 1\n"},
  };
  for (const auto& [lines, dump] : cases) EXPECT_EQ(dump_config(parse(lines)), dump) << lines;
}

TEST(ConfigFile, UnderscoresMeanDashesExceptInVariables) {
  Complaints complaints;
  const ConfigNode root =
      parse("default_log_dir: /x\nvars:\n  port-groups:\n    A_B: 1\n", complaints);
  EXPECT_EQ(root.text("default-log-dir"), "/x");
  EXPECT_EQ(root.text("vars.port-groups.A_B"), "1");
  ASSERT_EQ(complaints.warnings.size(), 1u);
  EXPECT_THAT(complaints.warnings[0].text(), HasSubstr("test.yaml:3:1: \"default_log_dir\""));
}

TEST(ConfigFile, OfAKeyGivenTwiceTheLastCountsWhole) {
  Complaints complaints;
  const ConfigNode root = parse("a: {b: 1, c: 2}\nd: 1\na: {b: 3}\n", complaints);
  EXPECT_EQ(dump_config(root), "a = (null)\na.b = 3\nd = 1\n");
  EXPECT_THAT(complaints.warnings.at(0).text(), HasSubstr("test.yaml:5:1: \"a\" is given twice"));
}

TEST(ConfigFile, SaysWhereAFileIsNotYaml) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"no header", "a: 1\n", "x.yaml:1:1: the file must begin with"},
      {"open bracket", "%YAML 1.1\n---\na: [1\nb: 2\n", "x.yaml:"},
      {"list at the top", "%YAML 1.1\n---\n- 1\n",
       "x.yaml:3:1: not valid YAML: the file has to be"},
      {"word at the top", "%YAML 1.1\n---\nword\n", "x.yaml:3:1: not valid YAML: the file has to"},
      {"map as a key", "%YAML 1.1\n---\n{a: 1}: 2\n", "a key has to be a word"},
      {"empty name in a path", "%YAML 1.1\n---\na..b: 2\n", "empty names"},
      {"alias to itself", "%YAML 1.1\n---\na: &x {b: *x}\n", "x.yaml:3:"},
      {"include of a map", "%YAML 1.1\n---\ninclude: [{include: b}]\n", "include: has to name"},
      {"nothing to include", "%YAML 1.1\n---\ninclude:\n", "include: has to name"},
  };
  for (const auto& [name, text, expected] : cases) {
    Complaints complaints;
    parse_config(text, "x.yaml", complaints);
    ASSERT_EQ(complaints.errors.size(), 1u) << name;
    EXPECT_THAT(complaints.errors[0].text(), HasSubstr(expected)) << name;
  }
}

TEST(ConfigFile, BoundsWhatAliasesAndNestingMakeOfAFile) {
  std::string bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 0; j < 9; ++j) bomb += "," + last;
    bomb += "]\n";
  }
  std::string deep = "a: ";
  for (int i = 0; i < 300; ++i) deep += "[";
  for (const std::string& lines : {bomb, deep}) {
    Complaints complaints;
    parse(lines, complaints);
    EXPECT_FALSE(complaints.ok());
  }
}

TEST(ConfigFile, IncludesFilesWhereTheKeyIs) {
  const Folder folder;
  folder.write("vars.yaml", "vars.address-groups.HOME_NET: 10.0.0.0/8\n");
  folder.write("list.yaml", "af-packet:\n  - interface: eth1\n");
  const auto main = folder.write("main.yaml",
                                 "vars:\n  address-groups:\n    HOME_NET: any\n    B: c\n"
                                 "include: vars.yaml\nfoo:\n  include:\n    - ./list.yaml\n");
  Complaints complaints;
  const ConfigNode root = load_config_file(main, complaints);
  EXPECT_TRUE(complaints.ok());
  EXPECT_EQ(root.text("vars.address-groups.HOME_NET"), "10.0.0.0/8");
  EXPECT_EQ(root.text("vars.address-groups.B"), "c");
  EXPECT_EQ(root.text("foo.af-packet.0.interface"), "eth1");
  EXPECT_FALSE(root.has("include"));
}

TEST(ConfigFile, ComplainsOfFilesThatAreNotThereOrIncludeThemselves) {
  const Folder folder;
  Complaints complaints;
  load_config_file(folder.write("a.yaml", "include: nope.yaml\n"), complaints);
  ASSERT_EQ(complaints.errors.size(), 1u);
  EXPECT_THAT(complaints.errors[0].text(), HasSubstr("nope.yaml: No such file"));
  EXPECT_THAT(complaints.errors[0].where, HasSubstr("a.yaml:3:1"));

  Complaints loop;
  load_config_file(folder.write("b.yaml", "include: [b.yaml, b.yaml]\n"), loop);
  EXPECT_FALSE(loop.ok());
  Complaints missing;
  load_config_file("/nonexistent/x.yaml", missing);
  EXPECT_THAT(missing.errors.at(0).text(), HasSubstr("cannot open /nonexistent/x.yaml: No such"));
}

TEST(ConfigFile, OverridesReplaceAndMakeValues) {
  ConfigNode root = parse("outputs:\n - fast: {enabled: yes}\n - eve-log: {enabled: yes}\n");
  Complaints complaints;
  for (const char* assignment : {"outputs.1.eve-log.enabled=no", "stream.midstream = true",
                                 "reputation-files.0=/a=b.list", "empty="}) {
    apply_override(root, assignment, complaints);
  }
  EXPECT_TRUE(complaints.ok());
  EXPECT_EQ(root.text("outputs.1.eve-log.enabled"), "no");
  EXPECT_EQ(root.text("outputs.0.fast.enabled"), "yes");
  EXPECT_EQ(root.text("stream.midstream"), "true");
  EXPECT_THAT(root.texts("reputation-files"), ElementsAre("/a=b.list"));
  EXPECT_EQ(root.text("empty", "fallback"), "");
  for (const char* wrong : {"no-value", "=1", "a..b=1", ".a=1"}) {
    Complaints each;
    apply_override(root, wrong, each);
    EXPECT_FALSE(each.ok()) << wrong;
  }
}

TEST(BuiltInConfig, IsWholeAndHasTheReferencesValues) {
  Complaints complaints;
  const ConfigNode root = parse_config(built_in_config_text(), "culvert.yaml", complaints);
  EXPECT_TRUE(complaints.ok());
  EXPECT_THAT(complaints.warnings, IsEmpty());
  EXPECT_EQ(root.text("vars.address-groups.EXTERNAL_NET"), "!$HOME_NET");
  EXPECT_EQ(root.size("stream.reassembly.depth", 0, complaints), 1_MiB);
  EXPECT_EQ(root.text("outputs.1.eve-log.types.0.alert.tagged-packets"), "yes");
  EXPECT_EQ(root.text("outputs.5.stats.filename"), "stats.log");
  EXPECT_EQ(root.text("logging.outputs.1.file.filename"), "suricata.log");
}

}  // namespace
}  // namespace culvert
