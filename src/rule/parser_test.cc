#include "rule/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "rule/dump.h"

namespace culvert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kHeader[] = "alert tcp any any -> any any ";

RuleAst parsed(std::string_view text, RuleKind kind = RuleKind::kDetection) {
  auto ast = parse_rule(text, kind);
  EXPECT_TRUE(ast) << text << ": " << (ast ? "" : ast.error().text());
  return ast ? *ast : RuleAst();
}

TEST(ParseRule, TakesTheHeaderApart) {
  const RuleAst ast = parsed(
      "drop:flow TLS:client_hello_done $HOME_NET any <> [10.0.0.0/8, !10.1.2.3] [443,8443] "
      "(sid:1;)");
  EXPECT_THAT(ast.actions, ElementsAre(RuleAction{RuleVerb::kDrop, ActionScope::kFlow}));
  EXPECT_EQ(ast.protocol, "tls");
  EXPECT_EQ(ast.hook, "client_hello_done");
  EXPECT_FALSE(ast.up_to_hook);
  EXPECT_EQ(ast.source.text, "$HOME_NET");
  EXPECT_EQ(ast.source_ports.text, "any");
  EXPECT_EQ(ast.direction, RuleDirection::kBoth);
  EXPECT_EQ(ast.destination.text, "[10.0.0.0/8, !10.1.2.3]");
  EXPECT_EQ(ast.destination_ports.text, "[443,8443]");
  EXPECT_EQ(ast.where(ast.destination_ports.offset), "1:74");
}

TEST(ParseRule, KnowsTheActionsOfBothKindsOfRules) {
  struct Row {
    const char* actions;
    RuleKind kind;
    const char* refused;  ///< part of the message, or null
  };
  constexpr auto kDetection = RuleKind::kDetection, kFirewall = RuleKind::kFirewall;
  const Row rows[] = {
      {"alert", kDetection, nullptr},
      {"reject:packet", kDetection, nullptr},
      {"rejectboth", kDetection, nullptr},
      {"config:packet", kDetection, nullptr},
      {"accept:hook", kFirewall, nullptr},
      {"drop:flow,alert", kFirewall, nullptr},
      {"accept:flow,alert,pass:flow", kFirewall, nullptr},
      {"log", kDetection, "'log' is not an action"},
      {"alert:flow", kDetection, "takes none"},
      {"drop:tx", kDetection, "possible: packet, flow"},
      {"config:flow", kDetection, "possible: packet"},
      {"accept:hook", kDetection, "for firewall rules only"},
      {"drop,alert", kDetection, "only firewall rules"},
      {"drop:flow,", kFirewall, "'' is not an action"},
      {"accept", kFirewall, "needs a scope"},
      {"pass:flow", kFirewall, "the first action"},
      {"accept:flow,drop:flow", kFirewall, "alert and pass only"},
      {"drop:flow,pass:flow", kFirewall, "can only follow accept"},
  };
  for (const Row& row : rows) {
    const auto ast =
        parse_rule(std::string(row.actions) + " tcp any any -> any any (sid:1;)", row.kind);
    EXPECT_EQ(ast.has_value(), row.refused == nullptr) << row.actions;
    if (ast) {
      EXPECT_EQ(to_string(ast->actions), row.actions);
    } else if (row.refused != nullptr) {
      EXPECT_THAT(ast.error().message, HasSubstr(row.refused)) << row.actions;
      EXPECT_EQ(ast.error().where, "1:1");
    }
  }
}

TEST(ParseRule, HooksMayReachBack) {
  const RuleAst ast =
      parsed("accept:tx dns:<request_complete any any -> any any (sid:1;)", RuleKind::kFirewall);
  EXPECT_TRUE(ast.up_to_hook);
  EXPECT_EQ(ast.hook, "request_complete");
}

TEST(ParseRule, TakesOptionsApart) {
  struct Row {
    const char* name;
    const char* text;
    const char* keyword;
    bool has_value, quoted, negated;
    const char* value;
  };
  const Row rows[] = {
      {"no value", "nocase;", "nocase", false, false, false, ""},
      {"colon and no value", "nocase: ;", "nocase", false, false, false, ""},
      {"upper case", "NoCase;", "nocase", false, false, false, ""},
      {"plain", "sid:12;", "sid", true, false, false, "12"},
      {"spaces", " sid : 12 ;", "sid", true, false, false, "12"},
      {"colons in the value", "flowbits:set,a:b;", "flowbits", true, false, false, "set,a:b"},
      {"quoted", "msg:\"a b\";", "msg", true, true, false, "a b"},
      {"escaped", "msg:\"a\\;b\\\"\\\\\";", "msg", true, true, false, "a\\;b\\\"\\\\"},
      {"parentheses", "msg:\"a)(b\";", "msg", true, true, false, "a)(b"},
      {"negated", "content:!\"abc\";", "content", true, true, true, "abc"},
      {"negated, spaced", "content: ! \"abc\" ;", "content", true, true, true, "abc"},
      {"negated without quotes", "dsize:!10;", "dsize", true, false, false, "!10"},
      {"two backslashes", "pcre:\"/a\\\\;b/\";", "pcre", true, true, false, "/a\\\\;b/"},
      {"quote inside", "content:\"a\"b\";", "content", true, true, false, "a\"b"},
  };
  for (const Row& row : rows) {
    const RuleAst ast = parsed(std::string(kHeader) + "(" + row.text + ")");
    ASSERT_THAT(ast.options, SizeIs(1)) << row.name;
    const RuleOption& option = ast.options[0];
    EXPECT_EQ(option.name, row.keyword) << row.name;
    EXPECT_EQ(option.has_value, row.has_value) << row.name;
    EXPECT_EQ(option.quoted, row.quoted) << row.name;
    EXPECT_EQ(option.negated, row.negated) << row.name;
    EXPECT_EQ(option.value, row.value) << row.name;
    EXPECT_EQ(ast.text->substr(option.value_offset, option.value.size()), row.value) << row.name;
  }
}

TEST(ParseRule, RefusesWithThePlaceAndWhatIsRight) {
  struct Row {
    const char* rule;
    const char* where;
    const char* message;
  };
  const Row rows[] = {
      {"foo tcp any any -> any any (sid:1;)", "1:1", "is not an action"},
      {"alert", "1:6", "ends after its action"},
      {"alert tcp: any any -> any any (sid:1;)", "1:11", "is not a hook"},
      {"alert tc|p any any -> any any (sid:1;)", "1:7", "is not a protocol"},
      {"alert tcp any any -> any", "1:25", "destination port is missing"},
      {"alert tcp any any -> any (sid:1;)", "1:26", "destination port is missing"},
      {"alert tcp any any <- any any (sid:1;)", "1:19", "use ->, <> or =>"},
      {"alert tcp any any any any (sid:1;)", "1:27", "destination port is missing"},
      {"alert tcp any any -> any any", "1:29", "no rule options"},
      {"alert tcp any any -> any any(sid:1;)", "1:29", "a space is missing"},
      {"alert tcp any any -> any any (sid:1)", "1:31", "no ';' after 'sid:1)'"},
      {"alert tcp any any -> any any (sid:1;) x", "1:39", "text after"},
      {"alert tcp any any -> any any (sid:1;;)", "1:37", "a keyword is missing"},
      {"alert tcp any any -> any any (msg:\"a;b\"; sid:1;)", "1:35", "not closed"},
      {"alert tcp any any -> any any (msg:\"\"; sid:1;)", "1:35", "is empty"},
      {"alert tcp any any -> any any (no such; sid:1;)", "1:31", "is not a keyword"},
  };
  for (const Row& row : rows) {
    const auto ast = parse_rule(row.rule);
    ASSERT_FALSE(ast) << row.rule;
    EXPECT_EQ(ast.error().where, row.where) << row.rule;
    EXPECT_THAT(ast.error().message, HasSubstr(row.message)) << row.rule;
  }
}

TEST(ParseRules, ReadsLinesCommentsAndContinuations) {
  const RuleFile file = parse_rules(
      "\xef\xbb\xbf# a comment that goes on \\\n alert tcp any any -> any any (sid:1;)\n"
      "\r\n"
      "alert tcp any any -> any any (sid:4;)\r\n"
      "alert tcp any any -> \\\r\n"
      "   any any (msg:\"x\"; \\\n"
      "   bad keyword; sid:6;)\n"
      "#alert tcp any any -> any any (sid:8;)\n"
      " alert tcp any any -> any any (sid:9;)\n"
      "alert tcp any any -> any any (sid:10; \\",
      "local.rules", {.keep_disabled = true});
  ASSERT_THAT(file.rules, SizeIs(3));
  EXPECT_EQ(file.rules[0].where(), "local.rules:4:1");
  EXPECT_EQ(file.rules[1].where(), "local.rules:8:2");
  EXPECT_FALSE(file.rules[1].enabled);
  EXPECT_EQ(*file.rules[1].text, "alert tcp any any -> any any (sid:8;)");
  EXPECT_TRUE(file.rules[2].enabled);
  ASSERT_THAT(file.refused, SizeIs(1));
  EXPECT_EQ(file.refused[0].error.where, "local.rules:7:4");
  EXPECT_EQ(file.refused[0].line, 5u);
  EXPECT_EQ(file.refused[0].text,
            "alert tcp any any ->    any any (msg:\"x\";    bad keyword; sid:6;)");
  ASSERT_THAT(file.warnings, SizeIs(2));
  EXPECT_EQ(file.warnings[0].where, "local.rules:9:1");    // begins with white space
  EXPECT_EQ(file.warnings[1].where, "local.rules:10:38");  // no ')'
}

TEST(ParseRules, KeepsDisabledRulesOnlyWhenAsked) {
  EXPECT_THAT(parse_rules("# \f\n#\v", {}, {.keep_disabled = true}).rules, IsEmpty());
  const std::string_view text = "# alert tcp any any -> any any (sid:1;)\n#no rule\n####\n#";
  EXPECT_THAT(parse_rules(text).rules, IsEmpty());
  EXPECT_THAT(parse_rules(text, "", {.keep_disabled = true}).rules, SizeIs(1));
  EXPECT_THAT(parse_rules(text, "", {.keep_disabled = true}).refused, IsEmpty());
}

TEST(ReadRules, SaysWhyAFileCannotBeRead) {
  const auto file = read_rules("no/such.rules");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().text(), "no/such.rules: cannot be read: No such file or directory");
}

TEST(Dump, PrintsWhatParsesToTheSame) {
  const char* rules[] = {
      "alert tcp any any -> any any (msg:\"a\\;b\"; content:!\"|41|\"; nocase; sid:1;)",
      "rejectsrc tls:client_hello_done [1.2.3.4, !$X] any => any [80,90] (a:!\"b\"; c:d e;)",
      "drop:flow ip any any <> any any (sid:1;)",
      "alert ip any any -> any any (a:b\\ ; sid:1;)",
  };
  for (const char* rule : rules) {
    const RuleAst first = parsed(rule);
    const std::string text = dump(first);
    EXPECT_EQ(dump(parsed(text)), text);
    EXPECT_THAT(parsed(text).options, SizeIs(first.options.size()));
  }
  EXPECT_EQ(dump(parsed("ALERT  tcp\tany any ->  any any ( msg : \"x\" ;sid:1 ; nocase: ; )")),
            "alert tcp any any -> any any (msg:\"x\"; sid:1; nocase;)");
}

/// Real rules beside the project; absent on most machines.
TEST(ReadRules, ReadsAllEmergingThreatsRules) {
  const char* const folder = std::getenv("CULVERT_SHARED");
  const auto path = std::filesystem::path(folder != nullptr ? folder : "../shared") / "rules" /
                    "emerging-threats.rules";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no rules at " << path;
  const auto file = read_rules(path.string());
  ASSERT_TRUE(file);
  EXPECT_GT(file->rules.size(), 10'000u);
  EXPECT_THAT(file->refused, IsEmpty());
  EXPECT_THAT(file->warnings, IsEmpty());
  for (const RuleAst& ast : file->rules) {
    const auto again = parse_rule(dump(ast));
    ASSERT_TRUE(again) << ast.where();
    EXPECT_EQ(dump(*again), dump(ast)) << ast.where();
    EXPECT_EQ(again->options.size(), ast.options.size()) << ast.where();
  }
}

}  // namespace
}  // namespace culvert
