#include "app/app_layer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "config/config_file.h"

namespace culvert {
namespace {

/// A protocol of lines: requests begin with "foo", responses with "FOO"; each line is a
/// transaction. "STARTTLS" asks for a change, "bad" is malformed.
class LineParser final : public AppParser {
 public:
  ParseStatus feed(const AppInput& input) override {
    for (const char c : as_text(input.bytes)) {
      if (c != '\n') {
        line_ += c;
        continue;
      }
      if (line_ == "bad") return ParseStatus::kMalformed;
      if (line_ == "STARTTLS") wishes.change_to = AppProto::kTls;
      line_.clear();
      keep(std::make_unique<Transaction>(), input.time).progress = {1, 1};
    }
    return ParseStatus::kDone;
  }
  void finish(Direction direction) override { finished[index_of(direction)] = true; }
  bool is_idle() const override { return line_.empty(); }
  bool recycle() override {
    line_.clear();
    finished = {};
    return true;
  }

  std::array<bool, 2> finished{};

 private:
  std::string line_;
};

std::unique_ptr<AppParser> make_parser(const ProtocolContext&, Flow&) {
  return std::make_unique<LineParser>();
}

ProbeResult probe_line(Direction, Bytes data) {
  return as_text(data).starts_with("foo") || as_text(data).starts_with("FOO") ? ProbeResult::kYes
                                                                              : ProbeResult::kNo;
}

constexpr ProtocolPattern kFooPatterns[] = {
    {.direction = Direction::kToServer, .bytes = "foo"},
    {.direction = Direction::kToClient, .bytes = "FOO"},
};
constexpr ProtocolProbe kFooProbes[] = {
    {.ip_proto = 17, .default_ports = "7", .min_bytes = 3, .probe = probe_line}};
constexpr ProtocolSpec kFoo{.name = "foo",
                            .proto = AppProto::kSmtp,
                            .ip_protos = {6, 17},
                            .probes = kFooProbes,
                            .patterns = kFooPatterns,
                            .make_parser = make_parser};
constexpr ProtocolPattern kBarPatterns[] = {
    {.direction = Direction::kToServer, .bytes = "bar"},
    {.direction = Direction::kToClient, .bytes = "BAR"},
};
constexpr ProtocolSpec kBar{.name = "bar", .proto = AppProto::kTls, .patterns = kBarPatterns};
constexpr const ProtocolSpec* kSpecs[] = {&kFoo, &kBar};

constexpr auto kUp = Direction::kToServer;
constexpr auto kDown = Direction::kToClient;

class AppLayerTest : public testing::Test, public AppObserver {
 protected:
  AppLayerTest() { flow_.key.ip_proto = 6; }
  ~AppLayerTest() override { layer_.release(flow_); }

  void on_transaction_end(Flow&, const ProtocolSpec&, Transaction&) override { ++ended_; }

  /// Feeds stream bytes; says how many were taken.
  std::size_t stream(Direction direction, std::string_view text, bool end = false) {
    layer_.begin_packet();
    return layer_.on_stream_data(&packet_, flow_, direction, as_bytes(text), 0, end);
  }
  void datagram(Direction direction, std::string_view text) {
    flow_.key.ip_proto = 17;
    flow_.key.low_port = 1000;
    flow_.key.high_port = 7;
    packet_.flow = &flow_;
    packet_.direction = direction;
    packet_.payload = as_bytes(text);
    layer_.begin_packet();
    layer_.on_datagram(packet_, flow_);
  }
  std::uint64_t counter(std::string_view name) const {
    std::vector<NamedCounter> all;
    layer_.append_counters(all);
    const auto found = std::ranges::find(all, name, &NamedCounter::name);
    return found == all.end() ? 999 : found->counter->value();
  }
  const AppSession& session() const { return *flow_.app; }

  Complaints complaints_;
  ConfigNode root_ = parse_config("%YAML 1.1\n---\nx: 1\n", "t", complaints_);
  AppConfig config_{kSpecs, root_, complaints_};
  AppLayerOptions options_{.error_policy = ExceptionPolicy::kIgnore, .has_detection = false};
  AppLayer layer_{config_, options_, *this};
  Flow flow_;
  Packet packet_;
  int ended_ = 0;
};

TEST_F(AppLayerTest, DetectsAndParses) {
  EXPECT_EQ(stream(kUp, "fo"), 0u) << "too short to tell: comes again";
  EXPECT_EQ(session().proto(), AppProto::kUnknown);
  EXPECT_EQ(stream(kUp, "foo\nfoo\n"), 8u);
  EXPECT_EQ(session().proto(), AppProto::kSmtp);
  EXPECT_EQ(session().transactions().size(), 2u);
  EXPECT_EQ(stream(kDown, "FOO\n"), 4u);
  EXPECT_EQ(session().transaction_count(), 3u);
  EXPECT_TRUE(session().events().empty());
  layer_.collect(flow_);
  EXPECT_EQ(ended_, 3);
  EXPECT_EQ(session().parser(), nullptr) << "idle: given to others";
  EXPECT_EQ(stream(kUp, "foo\n"), 4u);
  ASSERT_EQ(session().transactions().size(), 1u);
  EXPECT_EQ(session().transactions()[0]->id, 3u);
  EXPECT_EQ(counter("app_layer.flow.smtp_tcp"), 1u);
  EXPECT_EQ(counter("app_layer.tx.smtp_tcp"), 4u);
}

TEST_F(AppLayerTest, TellsALaterParserOfTheFlowWhichSideHasEnded) {
  stream(kUp, "foo\n");
  layer_.collect(flow_);
  EXPECT_EQ(session().parser(), nullptr) << "idle";
  stream(kDown, "FOO\n", true);
  const auto finished = [this] {
    return dynamic_cast<const LineParser&>(*session().parser()).finished;
  };
  EXPECT_EQ(finished(), (std::array{false, true}));
  layer_.collect(flow_);
  EXPECT_EQ(session().parser(), nullptr) << "idle, though a side has ended";
  stream(kUp, "foo\n");
  EXPECT_EQ(finished(), (std::array{false, true}));
  // The parser serves another flow next, in which nothing has ended.
  layer_.release(flow_);
  stream(kUp, "foo\n");
  EXPECT_EQ(finished(), (std::array{false, false}));
}

TEST_F(AppLayerTest, WaitsForInspection) {
  options_.has_detection = true;
  stream(kUp, "foo\n");
  layer_.collect(flow_);
  EXPECT_EQ(ended_, 0);
  session().transactions()[0]->inspected = {true, false};
  layer_.collect(flow_);
  EXPECT_EQ(ended_, 0);
  session().transactions()[0]->inspected = {true, true};
  layer_.collect(flow_);
  EXPECT_EQ(ended_, 1);
}

TEST_F(AppLayerTest, GivesUpWhatNeitherSideTells) {
  EXPECT_EQ(stream(kUp, "xxx"), 0u) << "too little to tell";
  EXPECT_EQ(stream(kUp, "xxx xxx xxx xxx xxx"), 0u);
  EXPECT_EQ(session().proto(), AppProto::kUnknown);
  EXPECT_EQ(stream(kDown, "yyy yyy yyy"), 11u);
  EXPECT_EQ(session().proto(), AppProto::kFailed);
  EXPECT_EQ(counter("app_layer.flow.failed_tcp"), 1u);
}

TEST_F(AppLayerTest, TellsOddDetection) {
  stream(kUp, "foo\n");
  stream(kDown, "xyz xyz xyz");
  EXPECT_TRUE(layer_.packet_events().has(AppEvent::kDetectedOneDirectionOnly));
  EXPECT_EQ(session().proto(kDown), AppProto::kFailed);
  EXPECT_EQ(session().proto(), AppProto::kSmtp);
  layer_.release(flow_);

  stream(kUp, "foo\n");
  stream(kDown, "BAR");
  EXPECT_TRUE(layer_.packet_events().has(AppEvent::kMismatchBothDirections));
  EXPECT_EQ(session().proto(kDown), AppProto::kTls);
  EXPECT_EQ(session().proto(), AppProto::kSmtp);
}

TEST_F(AppLayerTest, WhatIsHeldIsLookedAtAgainWhenTheOtherSideTells) {
  EXPECT_EQ(stream(kDown, "xyz xyz xyz"), 0u) << "enough to tell, and not recognised";
  stream(kUp, "foo\n");
  EXPECT_EQ(session().proto(), AppProto::kSmtp);
  EXPECT_FALSE(layer_.packet_events().has(AppEvent::kDetectedOneDirectionOnly));
  EXPECT_EQ(stream(kDown, "xyz xyz xyz"), 11u);
  EXPECT_TRUE(layer_.packet_events().has(AppEvent::kDetectedOneDirectionOnly));
  EXPECT_EQ(session().proto(kDown), AppProto::kFailed);
}

TEST_F(AppLayerTest, ChangesTheProtocol) {
  stream(kUp, "foo\nSTARTTLS\n");
  EXPECT_EQ(session().transactions().size(), 2u) << "still there for this packet";
  EXPECT_TRUE(flow_.app->take_flush()) << "rules and records of the old protocol come first";
  EXPECT_FALSE(flow_.app->take_flush()) << "once";
  EXPECT_EQ(stream(kUp, "bar"), 3u);
  EXPECT_EQ(ended_, 2);
  EXPECT_EQ(session().proto(), AppProto::kTls);
  EXPECT_EQ(session().original(), AppProto::kSmtp);
  EXPECT_TRUE(session().events().empty());
}

TEST_F(AppLayerTest, TellsWhenNoTlsFollows) {
  stream(kUp, "foo\nSTARTTLS\n");
  EXPECT_EQ(stream(kUp, "foo\n"), 4u);
  EXPECT_TRUE(layer_.packet_events().has(AppEvent::kNoTlsAfterStarttls));
}

TEST_F(AppLayerTest, StopsAtErrors) {
  stream(kUp, "foo\nbad\nfoo\n");
  EXPECT_TRUE(session().has_error());
  EXPECT_EQ(session().transactions().size(), 1u);
  stream(kUp, "foo\n");
  EXPECT_EQ(session().transactions().size(), 1u);
  EXPECT_EQ(counter("app_layer.error.smtp_tcp.parser"), 1u);
}

TEST_F(AppLayerTest, CountsGaps) {
  layer_.on_stream_gap(&packet_, flow_, kUp, 10, 0);
  EXPECT_EQ(counter("app_layer.error.failed_tcp.gap"), 1u);
  layer_.release(flow_);
  stream(kUp, "foo\n");
  layer_.on_stream_gap(&packet_, flow_, kUp, 10, 4);
  EXPECT_EQ(counter("app_layer.error.smtp_tcp.gap"), 1u);
  EXPECT_TRUE(session().has_error());
}

TEST_F(AppLayerTest, DetectsDatagrams) {
  datagram(kUp, "foo\n");
  EXPECT_EQ(session().proto(), AppProto::kSmtp);
  EXPECT_EQ(session().transaction_count(), 1u);
  datagram(kDown, "what\n");
  EXPECT_EQ(session().transaction_count(), 2u);
  layer_.release(flow_);

  datagram(kUp, "xxx");
  EXPECT_EQ(session().proto(), AppProto::kFailed);
  datagram(kDown, "FOO\n");
  EXPECT_EQ(session().proto(), AppProto::kSmtp) << "the other side tells";
  EXPECT_EQ(session().proto(kUp), AppProto::kFailed);
  EXPECT_EQ(session().transaction_count(), 1u);
}

TEST_F(AppLayerTest, SharesSessionsOfUnrecognisedDatagrams) {
  Flow other;
  const auto other_datagram = [&](Direction direction, std::string_view text) {
    other.key = flow_.key;
    packet_.flow = &other;
    packet_.direction = direction;
    packet_.payload = as_bytes(text);
    layer_.on_datagram(packet_, other);
  };
  datagram(kUp, "xxx");
  other_datagram(kUp, "yyy");
  EXPECT_EQ(flow_.app, other.app);
  EXPECT_EQ(session().proto(), AppProto::kFailed);
  EXPECT_EQ(session().proto(kDown), AppProto::kUnknown);
  datagram(kDown, "FOO\n");
  EXPECT_EQ(session().proto(), AppProto::kSmtp) << "from now on it has its own";
  EXPECT_EQ(other.app->proto(), AppProto::kFailed);
  other_datagram(kDown, "zzz");
  EXPECT_EQ(other.app->proto(kDown), AppProto::kFailed);
  EXPECT_EQ(counter("app_layer.flow.failed_udp"), 1u);
  other_datagram(kUp, "foo\n");
  EXPECT_EQ(other.app->proto(), AppProto::kFailed) << "given up";

  datagram(kUp, "");
  layer_.release(flow_);
  datagram(kUp, "xxx");
  other_datagram(kUp, "yyy");
  EXPECT_TRUE(other.app->proto(kUp) == AppProto::kFailed);
  layer_.finish(flow_, kUp);
  layer_.finish(flow_, kDown);
  EXPECT_TRUE(session().ended(kUp) && session().ended(kDown));
  EXPECT_EQ(session().proto(), AppProto::kFailed);
  EXPECT_FALSE(other.app->ended(kUp)) << "the other flow goes on";
  layer_.release(other);
  EXPECT_EQ(other.app, nullptr);
}

TEST_F(AppLayerTest, CountsWhatIsExpected) {
  layer_.expect(flow_, AppProto::kSmtp);
  EXPECT_EQ(stream(kUp, "anything\n"), 9u);
  EXPECT_EQ(session().proto(), AppProto::kSmtp);
  EXPECT_EQ(session().transaction_count(), 1u);
}

TEST_F(AppLayerTest, FramesAreKeptForProtocolsThatSomebodyWants) {
  stream(kUp, "foo\n");
  EXPECT_EQ(session().frames(kUp), nullptr);
  layer_.release(flow_);
  layer_.want_frames(std::uint64_t{1} << static_cast<unsigned>(AppProto::kSmtp));
  stream(kUp, "foo\n");
  ASSERT_NE(session().frames(kUp), nullptr);
  layer_.release(flow_);
  layer_.want_frames(std::uint64_t{1} << static_cast<unsigned>(AppProto::kTls));
  stream(kUp, "foo\n");
  EXPECT_EQ(session().frames(kUp), nullptr);
}

TEST_F(AppLayerTest, AParserServesFlowsOfItsTransportOnly) {
  const auto parser_of_a_stream = [&] {
    stream(kUp, "foo\n");
    AppParser* const parser = session().parser();
    layer_.release(flow_);
    return parser;
  };
  AppParser* const first = parser_of_a_stream();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(parser_of_a_stream(), first);
  datagram(kUp, "foo\n");
  EXPECT_NE(session().parser(), first);
}

}  // namespace
}  // namespace culvert
