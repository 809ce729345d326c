#include "config/config_node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config_file.h"

namespace culvert {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConfigNode parse_lines(std::string_view lines) {
  Complaints complaints;
  ConfigNode root = parse_config("%YAML 1.1\n---\n" + std::string(lines), "test.yaml", complaints);
  EXPECT_THAT(complaints.errors, IsEmpty());
  return root;
}

TEST(ParseSize, ReadsUnitsOf1024) {
  const std::pair<const char*, std::optional<std::uint64_t>> cases[] = {
      {"0", 0},
      {"4096", 4096},
      {" 10 ", 10},
      {"32mb", 32_MiB},
      {"1 GiB", 1024_MiB},
      {"512KB", 512_KiB},
      {"1.5 kb", 1536},
      {"2tb", 2048 * 1024_MiB},
      {"18446744073709551615", 18446744073709551615u},
      {"18446744073709551616", std::nullopt},
      {"99999999tb", std::nullopt},
      {"", std::nullopt},
      {"mb", std::nullopt},
      {"-1", std::nullopt},
      {"5 zz", std::nullopt},
      {"1.2.3", std::nullopt},
      {"12x", std::nullopt},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(parse_size(text), expected) << text;
}

TEST(ParseDuration, ReadsSecondsAndUnits) {
  const std::pair<const char*, std::optional<milliseconds>> cases[] = {
      {"30", milliseconds(30'000)},     {"250ms", milliseconds(250)},
      {"5 m", milliseconds(300'000)},   {"1.5h", milliseconds(5'400'000)},
      {"1d", milliseconds(86'400'000)}, {"", std::nullopt},
      {"1 year", std::nullopt},         {"-5", std::nullopt},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(parse_duration(text), expected) << text;
}

TEST(ConfigNode, GivesTheFallbackForWhatIsLeftOutOrEmpty) {
  const ConfigNode root = parse_lines("a:\nb: {c: 1}\n");
  Complaints complaints;
  EXPECT_TRUE(root.boolean("a", true, complaints));
  EXPECT_EQ(root.integer("x.y", 7, complaints), 7);
  EXPECT_EQ(root.size("b", 3, complaints), 3u);
  EXPECT_EQ(root.text("a", "t"), "t");
  EXPECT_EQ(root.duration("d", milliseconds(4), complaints), milliseconds(4));
  EXPECT_DOUBLE_EQ(root.number("n", 1.5, complaints), 1.5);
  EXPECT_THAT(root.items("a"), IsEmpty());
  EXPECT_FALSE(root.has("a"));
  EXPECT_TRUE(root.has("b"));
  EXPECT_TRUE(complaints.ok());
}

enum class Inline { kAuto, kYes, kNo };
constexpr ConfigChoice<Inline> kInline[] = {
    {"auto", Inline::kAuto}, {"yes", Inline::kYes}, {"no", Inline::kNo}};

TEST(ConfigNode, ReadsTypedValues) {
  const ConfigNode root =
      parse_lines("on: On\noff: FALSE\nn: -5\nh: 0x1F\ns: 2 mb\nd: 5m\nf: 0.25\ni: AUTO\n");
  Complaints complaints;
  EXPECT_TRUE(root.boolean("on", false, complaints));
  EXPECT_FALSE(root.boolean("off", true, complaints));
  EXPECT_EQ(root.integer("n", 0, complaints, -10), -5);
  EXPECT_EQ(root.integer("h", 0, complaints), 31);
  EXPECT_EQ(root.size("s", 0, complaints), 2_MiB);
  EXPECT_EQ(root.duration("d", {}, complaints), std::chrono::minutes(5));
  EXPECT_DOUBLE_EQ(root.number("f", 0, complaints), 0.25);
  EXPECT_EQ(root.choice("i", kInline, Inline::kNo, complaints), Inline::kAuto);
  EXPECT_TRUE(complaints.ok());
}

TEST(ConfigNode, SaysWhereAValueIsWrongAndWhatWouldBeRight) {
  const ConfigNode root = parse_lines("a:\n  b: maybe\n");
  const auto complaint = [&](auto get) {
    Complaints complaints;
    get(complaints);
    return complaints.errors.size() == 1 ? complaints.errors[0].text() : "not one complaint";
  };
  EXPECT_EQ(complaint([&](Complaints& c) { EXPECT_TRUE(root.boolean("a.b", true, c)); }),
            "test.yaml:4:3: a.b: \"maybe\" is not yes or no");
  EXPECT_THAT(complaint([&](Complaints& c) { root.integer("a.b", 0, c, 1, 9); }),
              HasSubstr("is not a whole number from 1 to 9"));
  EXPECT_THAT(complaint([&](Complaints& c) { root.size("a.b", 0, c); }), HasSubstr("32mb"));
  EXPECT_THAT(complaint([&](Complaints& c) { root.duration("a.b", {}, c); }), HasSubstr("500ms"));
  EXPECT_THAT(complaint([&](Complaints& c) { root.number("a.b", 0, c); }), HasSubstr("1.5"));
  EXPECT_THAT(complaint([&](Complaints& c) { root.choice("a.b", kInline, Inline::kNo, c); }),
              HasSubstr("is not one of auto, yes, no"));
}

TEST(ConfigNode, ListsNamedItems) {
  const ConfigNode root = parse_lines("types:\n - alert:\n     payload: yes\n - ssh\n - dns:\n");
  std::vector<std::string> names;
  for (const auto& [name, settings] : root.named_items("types")) {
    names.push_back(std::string(name) + "=" + settings->text("payload", "-"));
  }
  EXPECT_THAT(names, ElementsAre("alert=yes", "ssh=-", "dns=-"));
}

TEST(UnknownKeys, AreThoseThatNobodyAskedForNorKnows) {
  const ConfigNode root = parse_lines(
      "stream: {memcap: 1, typo: 2}\nunknown: {a: {b: 1}}\nlist:\n - x: {y: 1, z: 2}\n"
      "known: {a: 1, c: 2}\n");
  const ConfigNode known = parse_lines("known: {a: 5}\nlist:\n - q: 1\n - x: {z: 1}\n");
  root.text("stream.memcap");
  std::vector<std::string> paths;
  for (const auto& [path, node] : unknown_keys(root, &known)) paths.push_back(path);
  EXPECT_THAT(paths, ElementsAre("stream.typo", "unknown", "list.0.x.y", "known.c"));
}

}  // namespace
}  // namespace culvert
