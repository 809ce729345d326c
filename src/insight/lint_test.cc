// Rules, and what is found in them. One row says the rules and the checks that speak up.
#include "insight/lint.h"

#include <gtest/gtest.h>

#include <set>

#include "insight/insight_testing.h"
#include "insight/lint_report.h"

namespace culvert {
namespace {

/// The checks that found something, "form" left out unless it is all that is asked for.
std::set<std::string> found(const std::string& rules, bool with_form = false) {
  std::set<std::string> names;
  for (const LintFinding& each : lint_rules(insight_environment(), insight_sources(rules)).findings) {
    if (each.check != "form" || with_form) names.emplace(each.check);
    EXPECT_FALSE(each.why.empty());
    EXPECT_EQ(each.file, "test.rules") << each.why;
    EXPECT_GT(each.line, 0u) << each.why;
  }
  return names;
}

using Names = std::set<std::string>;

TEST(Lint, FindsWhatIsWrongWithOneRule) {
  const std::pair<const char*, Names> rows[] = {
      {"alert tcp any any -> any 80 (flow:established; content:\"longenough\"; sid:1;)", {}},
      {"alert tls any any -> any any (tls.sni; content:\"example.com\"; sid:1;)", {}},
      {"alert tcp any any -> any 80 (content:\"longenough\"; sid:1;)", {"missing-flow"}},
      {"alert nonsense any any -> any any (sid:1;)", {"load"}},
      {"alert udp any any -> any any (content:\"ab\"; sid:1;)", {"fast-pattern"}},
      {"alert udp any any -> any any (content:!\"abcdef\"; sid:1;)", {"fast-pattern"}},
      {"alert udp any any -> any any (pcre:\"/a[bc]d/\"; sid:1;)", {"pcre"}},
      {"alert udp any any -> any any (content:\"abcd\"; pcre:\"/(a+)+x/\"; sid:1;)", {"pcre"}},
      {"alert udp any any -> any any (content:\"abcd\"; pcre:\"/plain/\"; sid:1;)", {"pcre"}},
      {"drop tcp any any -> 10.0.0.1 any (sid:1;)", {"ip-only"}},
      {"pass ip 10.0.0.0/8 any -> any any (sid:1;)", {"ip-only"}},
      {"alert tcp any any -> any any (flow:established; flags:S; sid:1;)", {}},
      {"alert udp any any -> any any (sid:1;)", {"ip-only", "unconditional"}},
      {"alert icmp any any -> any 80 (itype:8; sid:1;)", {"ports"}},
      {"alert tcp any 80 -> any any (flow:established,to_server; content:\"longenough\"; sid:1;)", {"ports"}},
      {"alert tcp any any -> any 80 (flow:established,to_client; content:\"longenough\"; sid:1;)", {"ports"}},
      {"alert udp any any -> any any (tls.sni; content:\"example\"; sid:1;)", {"never-matches"}},
      {"alert tcp any any -> any any (flow:established; content:\"GET /evil\"; sid:1;)", {"protocol-as-bytes"}},
      {"alert tcp any any -> any any (flow:established; content:\"|16 03 01 02|\"; sid:1;)", {"protocol-as-bytes"}},
      {"alert udp any any -> any any (content:\"abcd\"; depth:4; content:\"abxx\"; depth:4; sid:1;)", {"contradiction"}},
      {"alert udp any any -> any any (content:\"abcd\"; content:!\"bc\"; sid:1;)", {"contradiction"}},
      {"alert udp any any -> any any (content:\"abcd\"; content:!\"bc\"; distance:0; sid:1;)", {}},
      {"alert udp any any -> any any (content:\"abcd\"; endswith; content:\"wxyz\"; endswith; sid:1;)", {"contradiction"}},
      {"alert udp any any -> any any (content:\"abcd\"; isdataat:!1,relative; content:\"wxyz\"; distance:0; sid:1;)", {"contradiction"}},
      {"alert udp any any -> any any (content:\"abcd\"; flowbits:isset,a; sid:1;)", {"variables"}},
      {"alert udp any any -> any any (content:\"abcd\"; flowbits:set,a; sid:1;)", {"variables"}},
      {"alert udp any any -> any any (content:\"abcd\"; noalert; sid:1;)", {"noalert"}},
  };
  for (const auto& [rule, names] : rows) EXPECT_EQ(found(rule), names) << rule;
}

TEST(Lint, FindsWhatIsWrongBetweenRules) {
  const std::pair<std::string, Names> rows[] = {
      {"alert udp any any -> any any (content:\"abcd\"; sid:1;)\n"
       "alert udp any any -> any any (content:\"efgh\"; sid:1;)\n", {"duplicate"}},
      {"alert udp any any -> any any (content:\"abcd\"; sid:1;)\n"
       "alert udp any any -> any any (msg:\"x\"; content:\"abcd\"; sid:2;)\n", {"duplicate"}},
      {"pass tcp 10.0.0.0/8 any -> any any (sid:1;)\n"
       "alert tcp 10.1.0.0/16 any -> any 80 (flow:established; content:\"abcdef\"; sid:2;)\n",
       {"ip-only", "shadowed-by-pass"}},
      {"pass tcp 10.0.0.0/8 any -> any 443 (sid:1;)\n"
       "alert tcp 10.1.0.0/16 any -> any 80 (flow:established; content:\"abcdef\"; sid:2;)\n",
       {"ip-only"}},
      {"pass udp 10.0.0.0/8 any -> any any (content:\"x\"; depth:1; sid:1;)\n"
       "alert udp 10.1.0.0/16 any -> any 80 (content:\"abcdef\"; sid:2;)\n", {"fast-pattern"}},
      {"alert udp any any -> any any (content:\"abcd\"; flowbits:set,a; sid:1;)\n"
       "alert udp any any -> any any (content:\"efgh\"; flowbits:isset,a; sid:2;)\n", {}},
      {"alert udp any any -> any any (content:\"abcd\"; flowbits:set,a; sid:1;)\n"
       "alert udp any any -> any any (content:\"efgh\"; flowbits:isset,a|b; sid:2;)\n", {"variables"}},
  };
  for (const auto& [rules, names] : rows) EXPECT_EQ(found(rules), names) << rules;
}

TEST(Lint, NamesOldSpellingsAndMissingParts) {
  EXPECT_EQ(found("alert dns any any -> any any (dns_query; content:\"abcd\"; sid:1;)", true), Names{"form"});
  EXPECT_EQ(found("alert dns any any -> any any (msg:\"x\"; dns.query; content:\"abcd\"; sid:1; rev:1;)", true), Names{});
}

TEST(Lint, ReportsSayPlaceReasonAndRemedy) {
  const LintResult result = lint_rules(insight_environment(), insight_sources("\nalert udp any any -> any any (msg:\"m\"; content:\"ab\"; sid:7; rev:1;)\n"));
  const std::string text = lint_text(result, false);
  EXPECT_NE(text.find("test.rules:2: note: rule 1:7: the fast pattern \"ab\" has 2 bytes"), text.npos) << text;
  EXPECT_NE(text.find("    instead: "), text.npos);
  const std::string json = lint_json(result);
  EXPECT_NE(json.find("\"check\":\"fast-pattern\""), json.npos) << json;
}

}  // namespace
}  // namespace culvert
