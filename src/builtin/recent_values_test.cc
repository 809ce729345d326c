// Values that come again: a detector that remembers what it found in them, held against one that is
// watched and so searches each time.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "app/app_parser.h"
#include "builtin/rule_testing.h"
#include "detect/detect_watch.h"
#include "protocols/http/http_options.h"
#include "protocols/http/http_transaction.h"

namespace culvert {
namespace {

const ProtocolSpec& http_spec() {
  for (const ProtocolSpec* const spec : builtin_protocols()) {
    if (spec->proto == AppProto::kHttp1) return *spec;
  }
  throw AppProto::kHttp1;
}

struct OneRequest final : AppParser {
  OneRequest() { transactions_.push_back(&transaction); }
  ~OneRequest() override { transactions_.clear(); }  // a member, not to be deleted
  ParseStatus feed(const AppInput&) override { return ParseStatus::kDone; }
  void free_transaction(Transaction*) override {}
  http1::HttpOptions options;
  http1::HttpTransaction transaction{options};
};

/// Inspects whole requests, each of a flow of its own.
class Requests {
 public:
  explicit Requests(const std::string& rules) : detector_({}, shared_.get()) {
    std::string complaint;
    detector_.use(compile_rules_for_test(rules, complaint, shared_));
    EXPECT_EQ(complaint, "") << rules;
  }
  void watch(DetectWatch& watch) { detector_.watch(&watch); }

  /// The sids that match: "1 3 ".
  std::string operator()(const std::string& uri, const std::string& agent) {
    OneRequest parser;
    Flow flow;
    flow.sides[0].packets = flow.sides[1].packets = 2;
    http1::HttpTransaction& request = parser.transaction;
    request.method = "GET";
    request.uri = request.raw_uri = uri;
    request.request.headers.add({.name = "User-Agent", .value = agent}, http1::Field::kUserAgent);
    request.progress[0] = http_spec().complete(Direction::kToServer);
    request.updated[0] = true;
    const auto bytes =
        PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(1000, 80).payload("x").build();
    PacketStack stack;
    Packet packet;
    decode_packet(bytes, packet, stack);
    packet.established = true;
    DetectInput input;
    input.packet = &packet;
    input.flow = &flow;
    input.app.spec = &http_spec();
    input.app.parser = &parser;
    input.app.proto = AppProto::kHttp1;
    input.app.by_direction[0] = input.app.by_direction[1] = AppProto::kHttp1;
    detector_.inspect(input);
    std::string sids;
    for (const Alert& alert : detector_.alerts()) sids += std::to_string(alert.rule->sid) + " ";
    detector_.release(request);
    detector_.release(flow);
    return sids;
  }

 private:
  std::shared_ptr<DetectShared> shared_ = std::make_shared<DetectShared>();
  Detector detector_;
};

std::string random_rules(std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return random() % limit; };
  const auto word = [&] {
    std::string text;
    for (std::size_t i = 1 + below(3); i > 0; --i) text += "abcZ"[below(4)];
    return text;
  };
  const char* const places[] = {"",           "startswith; ", "endswith; ", "depth:3; ",
                                "offset:4; ", "nocase; ",     "",           "nocase; endswith; "};
  const char* const then[] = {"",
                              "bsize:>10; ",
                              "bsize:9; ",
                              "isdataat:12; ",
                              "isdataat:!1,relative; ",
                              "pcre:\"/a+b/\"; ",
                              "content:\"b\"; within:3; ",
                              "content:!\"c\"; ",
                              "byte_test:1,>,97,0; "};
  std::string rules;
  for (int sid = 1; sid <= 60; ++sid) {
    rules += "alert http any any -> any any (";
    const bool of_uri = below(3) == 0, of_agent = !of_uri || below(3) == 0;
    for (const bool uri : {true, false}) {
      if (uri ? !of_uri : !of_agent) continue;
      rules += std::string(uri ? "http.uri; " : "http.user_agent; ") + "content:\"" + word() +
               "\"; " + places[below(std::size(places))] + then[below(std::size(then))];
    }
    rules += "sid:" + std::to_string(sid) + ";)\n";
  }
  return rules;
}

TEST(RecentValues, TheSameRulesMatchAsWithoutMemory) {
  std::size_t matches = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const auto value = [&](std::size_t size) {
      std::string text;
      while (text.size() < size) text += "aabcZ. "[random() % 7];
      return text;
    };
    std::vector<std::string> agents, uris;
    for (int i = 0; i < 8; ++i) agents.push_back(value(8 + random() % 90));
    for (int i = 0; i < 8; ++i) uris.push_back("/" + value(random() % 20));
    const std::string rules = random_rules(random);
    Requests remembers(rules), searches(rules);
    DetectWatch watch;
    searches.watch(watch);
    for (int round = 0; round < 300; ++round) {
      const std::string uri = random() % 2 == 0 ? uris[random() % 8] : "/" + value(9);
      const std::string& agent = agents[random() % 8];
      const std::string expected = searches(uri, agent);
      ASSERT_EQ(remembers(uri, agent), expected) << seed << ": " << uri << " " << agent << "\n"
                                                 << rules;
      matches += expected.size();
    }
  }
  EXPECT_GT(matches, 10'000u);
}

}  // namespace
}  // namespace culvert
