#include "stream/tcp_tracker.h"

#include <gtest/gtest.h>

#include "stream/tcp_talk.h"

namespace culvert {
namespace {

constexpr auto kToServer = Direction::kToServer, kToClient = Direction::kToClient;

StreamOptions inline_options() {
  StreamOptions options;
  options.inline_mode = true;
  return options;
}

TEST(TcpTracker, WatchingDataComesWithItsAcknowledgement) {
  TcpTalk talk;
  talk.handshake();
  EXPECT_FALSE(talk.packet.established);  // the packet that completes the handshake does not count
  EXPECT_TRUE(talk.client({.seq = 101, .ack = 501, .data = "GET"}).stream_inspected);
  EXPECT_TRUE(talk.packet.established);
  EXPECT_EQ(talk.text(kToServer), "");
  talk.server({.seq = 501, .ack = 103});
  EXPECT_EQ(talk.text(kToServer), "GE");
  talk.server({.seq = 501, .ack = 104, .data = "OK"});
  EXPECT_EQ(talk.text(kToServer), "GET");
  EXPECT_EQ(talk.by_packet, 6u);
  talk.client({.seq = 104, .ack = 503});
  EXPECT_EQ(talk.text(kToClient), "OK");
}

TEST(TcpTracker, InlineDataComesWithItsSegment) {
  TcpTalk talk(inline_options());
  talk.handshake();
  talk.client({.seq = 104, .ack = 501, .data = "two"});
  EXPECT_EQ(talk.text(kToServer), "");
  talk.client({.seq = 101, .ack = 501, .data = "one"});
  EXPECT_EQ(talk.text(kToServer), "onetwo");
  EXPECT_EQ(talk.by_packet, 5u);
}

TEST(TcpTracker, InlineDataBehindAGapComesWithItsSegment) {
  TcpTalk talk(inline_options());
  talk.handshake();
  talk.server({.seq = 501, .ack = 104});
  talk.client({.seq = 104, .ack = 501, .data = "two"});
  EXPECT_EQ(talk.text(kToServer), "???two");
  EXPECT_EQ(talk.by_packet, 5u);
}

TEST(TcpTracker, AcknowledgedAndNeverSeenIsAGap) {
  TcpTalk talk;
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "one"});
  talk.client({.seq = 109, .ack = 501, .data = "three"});
  talk.server({.seq = 501, .ack = 114});
  EXPECT_EQ(talk.text(kToServer), "one?????three");
  EXPECT_TRUE(talk.has(PacketEvent::kStreamReassemblySeqGap));
  EXPECT_EQ(talk.counters.reassembly_gap.value(), 1u);
  EXPECT_TRUE(talk.in_order);
}

TEST(TcpTracker, WhatTheReceiverLeavesComesAgainWithMore) {
  TcpTalk talk;
  talk.take = 0;
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "HE"});
  talk.server({.seq = 501, .ack = 103});
  EXPECT_EQ(talk.offered[0], "HE");
  talk.client({.seq = 103, .ack = 501, .data = "LLO"});
  talk.take = 100;
  talk.server({.seq = 501, .ack = 106});
  EXPECT_EQ(talk.offered[0], "HELLO");
  EXPECT_EQ(talk.text(kToServer), "HELLO");
}

TEST(TcpTracker, BothFinsEndEachDirectionOnce) {
  TcpTalk talk;
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .flags = kTcpFin | kTcpAck, .data = "bye"});
  EXPECT_EQ(talk.session().state, TcpState::kCloseWait);
  talk.server({.seq = 501, .ack = 105});
  EXPECT_EQ(talk.text(kToServer), "bye");
  EXPECT_EQ(talk.ends[0], 0);
  talk.server({.seq = 501, .ack = 105, .flags = kTcpFin | kTcpAck});
  EXPECT_EQ(talk.session().state, TcpState::kLastAck);
  EXPECT_EQ(talk.ends[0] + talk.ends[1], 0);
  talk.client({.seq = 105, .ack = 502});
  EXPECT_EQ(talk.ends[0], 1);
  EXPECT_EQ(talk.ends[1], 1);
  EXPECT_EQ(talk.session().state, TcpState::kClosed);
  EXPECT_EQ(talk.packet.flow->state, FlowState::kClosed);
  talk.flows.shutdown();
  EXPECT_EQ(talk.ends[0], 1);
  EXPECT_EQ(talk.ends[1], 1);
}

TEST(TcpTracker, KnowsWhatWaitsForItsAcknowledgement) {
  TcpTalk talk;
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "held"});
  EXPECT_TRUE(talk.tracker.holds_unseen(*talk.packet.flow, kToServer));
  EXPECT_FALSE(talk.tracker.holds_unseen(*talk.packet.flow, kToClient));
  EXPECT_TRUE(talk.tracker.holds_raw(*talk.packet.flow, kToServer));
  talk.server({.seq = 501, .ack = 105});
  EXPECT_FALSE(talk.tracker.holds_unseen(*talk.packet.flow, kToServer));
  EXPECT_TRUE(talk.tracker.holds_raw(*talk.packet.flow, kToServer));
  talk.tracker.set_raw_progress(*talk.packet.flow, kToServer, 4);
  EXPECT_FALSE(talk.tracker.holds_raw(*talk.packet.flow, kToServer));
}

TEST(TcpTracker, WhatAResetLeavesComesWithTheEndOfTheFlow) {
  TcpTalk talk;
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "seenheld"});
  talk.server({.seq = 501, .ack = 105, .flags = kTcpRst | kTcpAck});
  EXPECT_EQ(talk.session().state, TcpState::kClosed);
  EXPECT_EQ(talk.text(kToServer), "");
  EXPECT_EQ(talk.ends[0], 0);
  EXPECT_EQ(talk.ends[1], 1);
  talk.flows.shutdown();
  EXPECT_EQ(talk.text(kToServer), "seenheld");
  EXPECT_EQ(talk.ends[0], 1);
}

TEST(TcpTracker, AResetEndsWhatItsSenderSaid) {
  for (const bool inline_mode : {false, true}) {
    StreamOptions options;
    options.inline_mode = inline_mode;
    TcpTalk talk(options);
    talk.handshake();
    talk.client({.seq = 101, .ack = 501, .data = "held"});
    EXPECT_TRUE(talk.tracker.holds_raw(*talk.packet.flow, kToServer));
    talk.client({.seq = 105, .ack = 501, .flags = kTcpRst | kTcpAck});
    EXPECT_EQ(talk.text(kToServer), "held");
    EXPECT_EQ(talk.ends[0], 1);
    EXPECT_EQ(talk.ends[1], 0);
  }
}

TEST(TcpTracker, AnEndThatGoesOnDidNotSendTheSignedReset) {
  using Options = std::vector<std::uint8_t>;
  const Options md5{19, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
  const struct {
    const char* name;
    Options options;
    bool believed;
  } cases[] = {
      {"none", {}, true},
      {"TCP-AO", {29, 4, 166, 40}, false},
      {"MD5", md5, false},
      {"cut MD5", {19, 4, 0, 0}, true},
  };
  for (const auto& c : cases) {
    TcpTalk talk;
    talk.handshake();
    talk.client({.seq = 101, .ack = 501, .flags = kTcpRst | kTcpAck, .options = c.options});
    EXPECT_EQ(talk.session().state, TcpState::kClosed) << c.name;
    talk.client({.seq = 101, .ack = 501, .data = "on"});
    EXPECT_EQ(talk.has(PacketEvent::kStreamSuspectedRstInject), !c.believed) << c.name;
    EXPECT_EQ(talk.session().state == TcpState::kEstablished, !c.believed) << c.name;
    talk.server({.seq = 501, .ack = 103});
    EXPECT_EQ(talk.text(kToServer), c.believed ? "" : "on") << c.name;
  }
}

TEST(TcpTracker, WhatTheReceiverLeavesAtTheEndComesWithTheOtherDirections) {
  TcpTalk talk;
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "held"});
  Flow& flow = *talk.packet.flow;
  talk.take = 0;
  talk.tracker.finish_flow(flow, kToServer);
  EXPECT_EQ(talk.offered[0], "held");
  EXPECT_EQ(talk.ends[0], 0);
  EXPECT_EQ(as_text(talk.tracker.raw(flow, kToServer).data), "held") << "rules do not wait";
  talk.take = 100;
  talk.tracker.finish_flow(flow, kToClient);
  EXPECT_EQ(talk.text(kToServer), "held");
  EXPECT_EQ(talk.ends[0], 1);
  EXPECT_EQ(talk.ends[1], 1);
}

TEST(TcpTracker, TimeoutHandsOverWhatIsHeld) {
  TcpTalk talk;
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "held"});
  talk.flows.shutdown();
  EXPECT_EQ(talk.text(kToServer), "held");
  EXPECT_EQ(talk.by_packet, 0u);
}

TEST(TcpTracker, ReceiverIsToldOfTheDepth) {
  for (const bool ends : {false, true}) {
    StreamOptions options;
    options.depth_bytes = 4;
    TcpTalk talk(options);
    talk.ends_at_depth = ends;
    talk.handshake();
    talk.client({.seq = 101, .ack = 501, .data = "ab"});
    talk.server({.seq = 501, .ack = 103});
    talk.client({.seq = 103, .ack = 501, .data = "cdef"});
    EXPECT_EQ(talk.cut_by, 6u);
    talk.client({.seq = 107, .ack = 501, .data = "gh"});
    talk.server({.seq = 501, .ack = 109});
    EXPECT_EQ(talk.cut_by, 6u);
    EXPECT_EQ(talk.text(kToServer), ends ? "ab" : "abcd");
  }
}

TEST(TcpTracker, SequenceNumbersWrap) {
  TcpTalk talk;
  talk.client({.seq = 0xfffffffd, .flags = kTcpSyn});
  talk.server({.seq = 0xffffffff, .ack = 0xfffffffe, .flags = kTcpSyn | kTcpAck});
  talk.client({.seq = 0xfffffffe, .ack = 0});
  talk.client({.seq = 0xfffffffe, .ack = 0, .data = "abcd"});
  talk.client({.seq = 2, .ack = 0, .data = "efgh"});
  talk.server({.seq = 0, .ack = 6});
  EXPECT_EQ(talk.text(kToServer), "abcdefgh");
  EXPECT_TRUE(talk.in_order);
}

TEST(TcpTracker, DepthEndsReassembly) {
  StreamOptions options;
  options.depth_bytes = 4;
  TcpTalk talk(options);
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "abcdef"});
  EXPECT_TRUE(talk.has(PacketEvent::kStreamReassemblyDepthReached));
  talk.server({.seq = 501, .ack = 107});
  EXPECT_EQ(talk.text(kToServer), "abcd");
  talk.client({.seq = 107, .ack = 501, .data = "ghi"});
  EXPECT_FALSE(talk.packet.stream_inspected);
  talk.server({.seq = 501, .ack = 110});
  EXPECT_EQ(talk.text(kToServer), "abcd");
  EXPECT_EQ(talk.counters.depth_reached.value(), 1u);
}

TEST(TcpTracker, RulesLookWithThePacketThatReachesTheDepthForTheLastTime) {
  StreamOptions options;
  options.depth_bytes = 6;
  TcpTalk talk(options);
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "abcd"});
  talk.server({.seq = 501, .ack = 103});
  talk.client({.seq = 105, .ack = 501, .data = "efgh"});
  const Flow& flow = *talk.packet.flow;
  talk.tracker.trigger_raw(*talk.packet.flow, kToServer);
  EXPECT_EQ(as_text(talk.tracker.raw(flow, kToServer).data), "ab");
  talk.server({.seq = 501, .ack = 109});
  EXPECT_TRUE(talk.tracker.raw(flow, kToServer).data.empty());
  EXPECT_FALSE(talk.tracker.holds_raw(flow, kToServer));
  EXPECT_EQ(talk.text(kToServer), "abcdef") << "the application layer has the rest";
}

TEST(TcpTracker, DepthDoesNotHoldWhereItIsLifted) {
  StreamOptions options;
  options.depth_bytes = 4;
  TcpTalk talk(options);
  talk.handshake();
  talk.tracker.lift_depth(*talk.packet.flow);
  talk.client({.seq = 101, .ack = 501, .data = "abcdef"});
  talk.server({.seq = 501, .ack = 107});
  talk.client({.seq = 107, .ack = 501, .data = "ghi"});
  talk.server({.seq = 501, .ack = 110});
  EXPECT_EQ(talk.text(kToServer), "abcdefghi");
  EXPECT_EQ(talk.counters.depth_reached.value(), 0u);
}

TEST(TcpTracker, UrgentByteIsNotPartOfTheStream) {
  StreamOptions options;
  options.urgent_policy = UrgentPolicy::kOob;
  TcpTalk talk(options);
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .flags = kTcpAck | kTcpUrg, .data = "abX", .urgent = 3});
  talk.client({.seq = 104, .ack = 501, .data = "cd"});
  talk.server({.seq = 501, .ack = 106});
  EXPECT_EQ(talk.text(kToServer), "abcd");
  EXPECT_EQ(talk.session().client.urgent_oob, 1);
}

TEST(TcpTracker, MidstreamOnlyWhenAskedFor) {
  StreamOptions options;
  for (const bool midstream : {false, true}) {
    options.midstream = midstream;
    TcpTalk talk(options);
    talk.client({.seq = 101, .ack = 501, .data = "abc"});
    talk.server({.seq = 501, .ack = 104, .data = "xyz"});
    talk.client({.seq = 104, .ack = 504});
    EXPECT_EQ(talk.text(kToServer), midstream ? "abc" : "");
    EXPECT_EQ(talk.text(kToClient), midstream ? "xyz" : "");
  }
}

TEST(TcpTracker, MidstreamSynAckTurnsTheFlowAround) {
  StreamOptions options;
  options.midstream = true;
  TcpTalk talk(options);
  talk.server({.seq = 500, .ack = 101, .flags = kTcpSyn | kTcpAck});
  EXPECT_EQ(talk.packet.direction, kToClient);
  EXPECT_EQ(talk.packet.flow->server_port(), 80);
  talk.client({.seq = 101, .ack = 501});
  EXPECT_EQ(talk.session().state, TcpState::kEstablished);
  talk.client({.seq = 101, .ack = 501, .data = "abc"});
  talk.server({.seq = 501, .ack = 104});
  EXPECT_EQ(talk.text(kToServer), "abc");
}

TEST(TcpTracker, AsyncOneSideIsDeliveredOnArrival) {
  StreamOptions options;
  options.async_oneside = true;
  TcpTalk talk(options);
  talk.client({.seq = 100, .flags = kTcpSyn});
  talk.client({.seq = 101, .ack = 501});
  EXPECT_EQ(talk.session().state, TcpState::kEstablished);
  talk.client({.seq = 101, .ack = 501, .data = "abc"});
  talk.client({.seq = 104, .ack = 700, .data = "def"});
  EXPECT_EQ(talk.text(kToServer), "abcdef");
}

TEST(TcpTracker, FastOpenDataIsTheStreamsBegin) {
  TcpTalk talk;
  const std::vector<std::uint8_t> cookie{34, 6, 1, 2, 3, 4, 1, 1};
  talk.client({.seq = 100, .flags = kTcpSyn, .data = "GET", .options = cookie});
  talk.server({.seq = 500, .ack = 104, .flags = kTcpSyn | kTcpAck});
  talk.client({.seq = 104, .ack = 501});
  EXPECT_EQ(talk.session().state, TcpState::kEstablished);
  EXPECT_EQ(talk.text(kToServer), "") << "rules on an established connection are to see it";
  talk.server({.seq = 501, .ack = 104});
  EXPECT_EQ(talk.text(kToServer), "GET");
}

TEST(TcpTracker, FastOpenDataThatIsIgnoredComesAgain) {
  TcpTalk talk;
  const std::vector<std::uint8_t> cookie{34, 6, 1, 2, 3, 4, 1, 1};
  talk.client({.seq = 100, .flags = kTcpSyn, .data = "XXX", .options = cookie});
  talk.server({.seq = 500, .ack = 101, .flags = kTcpSyn | kTcpAck});
  EXPECT_TRUE(talk.has(PacketEvent::kStream3whsSynackTfoDataIgnored));
  talk.client({.seq = 101, .ack = 501, .data = "GET"});
  talk.server({.seq = 501, .ack = 104});
  EXPECT_EQ(talk.text(kToServer), "GET");
}

TEST(TcpTracker, ClosedRawDataIsInspectedWithTheNextPacketOfItsDirection) {
  TcpTalk talk;
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "abc"});
  talk.server({.seq = 501, .ack = 104, .data = "xyz"});
  Flow& flow = *talk.packet.flow;
  const auto raw = [&](Direction d) { return as_text(talk.tracker.raw(flow, d).data); };
  flow.no_payload_inspection = true;
  talk.tracker.close_raw(flow);
  EXPECT_TRUE(talk.client({.seq = 104, .ack = 504, .data = "secret"}).no_payload_inspection);
  EXPECT_EQ(raw(kToServer), "abc");
  talk.tracker.set_raw_progress(flow, kToServer, 3);
  talk.server({.seq = 504, .ack = 110, .data = "secret"});
  EXPECT_EQ(raw(kToClient), "xyz");
  talk.client({.seq = 110, .ack = 510});
  EXPECT_EQ(raw(kToServer), "");
  talk.server({.seq = 510, .ack = 110});
  EXPECT_EQ(raw(kToClient), "");
}

TEST(TcpTracker, RawDataMayGoOnWhenPayloadsAreInspectedNoMore) {
  TcpTalk talk;
  talk.handshake();
  Flow& flow = *talk.packet.flow;
  flow.no_payload_inspection = true;
  talk.tracker.keep_raw(flow);
  EXPECT_TRUE(talk.client({.seq = 101, .ack = 501, .data = "secret"}).no_payload_inspection);
  talk.server({.seq = 501, .ack = 107});
  talk.client({.seq = 107, .ack = 501});
  talk.tracker.trigger_raw(flow, kToServer);
  EXPECT_EQ(as_text(talk.tracker.raw(flow, kToServer).data), "secret");
}

TEST(TcpTracker, ASynOnAClosedConnectionIsANewFlow) {
  TcpTalk talk;
  talk.handshake();
  const std::uint64_t id = talk.packet.flow->id;
  talk.client({.seq = 101, .ack = 501, .flags = kTcpRst | kTcpAck});
  talk.client({.seq = 9000, .flags = kTcpSyn});
  EXPECT_NE(talk.packet.flow->id, id);
  EXPECT_EQ(talk.session().state, TcpState::kSynSent);
}

TEST(TcpTracker, InlineDropsWhatBreaksTheProtocol) {
  TcpTalk talk(inline_options());
  talk.handshake();
  talk.client({.seq = 101 + 100000, .ack = 501, .data = "far"});
  EXPECT_TRUE(talk.has(PacketEvent::kStreamEstPacketOutOfWindow));
  EXPECT_EQ(talk.packet.verdict.reason, DropReason::kStreamError);
}

TEST(TcpTracker, InlineTheTargetGetsWhatWasInspected) {
  TcpTalk talk(inline_options());
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "GOOD"});
  EXPECT_FALSE(talk.packet.modified);
  // One's complement sums of what the checksum covers may only move with the checksum field.
  const auto sum = [&talk] {
    std::uint32_t total = 0;
    const auto add = [&total](Bytes bytes) {
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        total += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
      }
    };
    add(talk.packet.l4_header);
    add(talk.packet.payload);
    while (total > 0xffff) total = (total & 0xffff) + (total >> 16);
    return total;
  };
  const std::string_view evil = "EVILx";
  talk.client({.seq = 101, .ack = 501, .data = evil});
  EXPECT_TRUE(talk.packet.modified);
  EXPECT_EQ(as_text(talk.packet.payload), "GOODx");
  const std::uint32_t after = sum();
  talk.tracker.stop_reassembly(*talk.packet.flow, kToServer);
  talk.client({.seq = 101, .ack = 501, .data = evil});
  EXPECT_EQ(after, sum());
  EXPECT_EQ(talk.text(kToServer), "GOODx");
}

TEST(TcpTracker, HeldDataNamesItsGaps) {
  TcpTalk talk;
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "VERY"});
  talk.client({.seq = 109, .ack = 501, .data = "DATA"});
  std::array<std::byte, 64> out{};
  const std::size_t size = talk.tracker.copy_held(*talk.packet.flow, kToServer, out);
  EXPECT_EQ(as_text(Bytes(out).first(size)), "VERY[4 bytes missing]DATA");
}

TEST(TcpTracker, RawDataWaitsForAChunkOrATrigger) {
  StreamOptions options;
  options.chunk_size[0] = options.chunk_size[1] = 8;
  TcpTalk talk(options);
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "abcd"});
  talk.server({.seq = 501, .ack = 105});
  const Flow& flow = *talk.packet.flow;
  EXPECT_TRUE(talk.tracker.raw(flow, kToServer).data.empty());
  talk.tracker.trigger_raw(*talk.packet.flow, kToServer);
  EXPECT_EQ(as_text(talk.tracker.raw(flow, kToServer).data), "abcd");
  talk.tracker.set_raw_progress(*talk.packet.flow, kToServer, 4);
  talk.client({.seq = 105, .ack = 501, .data = "efghijkl"});
  EXPECT_TRUE(talk.tracker.raw(flow, kToServer).data.empty()) << "not acknowledged";
  talk.server({.seq = 501, .ack = 113});
  const RawStreamView view = talk.tracker.raw(flow, kToServer);
  EXPECT_EQ(as_text(view.data), "efghijkl");
  EXPECT_EQ(view.offset, 4u);
}

TEST(TcpTracker, RawDataBeforeAHoleThatStaysIsNotWaitedFor) {
  StreamOptions options;
  options.chunk_size[0] = options.chunk_size[1] = 10;
  TcpTalk talk(options);
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "abc"});
  talk.client({.seq = 109, .ack = 501, .data = "ijklm"});
  const Flow& flow = *talk.packet.flow;
  talk.server({.seq = 501, .ack = 104});
  EXPECT_EQ(as_text(talk.tracker.raw(flow, kToServer).data), "") << "the hole may be filled";
  talk.server({.seq = 501, .ack = 110});
  EXPECT_EQ(as_text(talk.tracker.raw(flow, kToServer).data), "") << "9 bytes, with the hole";
  talk.server({.seq = 501, .ack = 114});
  EXPECT_EQ(as_text(talk.tracker.raw(flow, kToServer).data), "abc");
  talk.tracker.set_raw_progress(*talk.packet.flow, kToServer, 3);
  EXPECT_EQ(as_text(talk.tracker.raw(flow, kToServer).data), "") << "waits for a chunk again";
  talk.tracker.trigger_raw(*talk.packet.flow, kToServer);
  const RawStreamView view = talk.tracker.raw(flow, kToServer);
  EXPECT_EQ(as_text(view.data), "ijklm");
  EXPECT_EQ(view.offset, 8u);
}

TEST(TcpTracker, NewestDataIsWhatGoesOn) {
  const struct {
    const char* name;
    std::uint32_t seq;
    std::string_view data, expected;
    std::uint64_t offset, fresh;
  } steps[] = {
      {"the first", 101, "abcd", "abcd", 0, 0},
      {"goes on, with what was before", 105, "efgh", "cdefgh", 2, 4},
      {"sent again", 105, "efgh", "", 0, 0},
      {"out of order", 112, "lmn", "", 0, 0},
      {"fills the hole, up to what was behind it", 109, "ijk", "ghijklmn", 6, 8},
      {"overlaps", 113, "mnop", "", 0, 0},
      {"goes on again", 117, "q", "opq", 14, 16},
  };
  TcpTalk talk;
  talk.handshake();
  for (const auto& step : steps) {
    talk.client({.seq = step.seq, .ack = 501, .data = step.data});
    const NewestView view = talk.tracker.newest(*talk.packet.flow, kToServer, 2);
    EXPECT_EQ(as_text(view.data), step.expected) << step.name;
    EXPECT_EQ(view.offset, step.offset) << step.name;
    EXPECT_EQ(view.fresh, step.fresh) << step.name;
    EXPECT_TRUE(talk.tracker.newest(*talk.packet.flow, kToClient, 2).data.empty()) << step.name;
  }
}

TEST(TcpTracker, VersionsTellThatBytesMayHaveChanged) {
  TcpTalk talk;
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "abcd"});
  const Flow& flow = *talk.packet.flow;
  const std::uint64_t first = talk.tracker.version(flow, kToServer);
  EXPECT_NE(first, 0u);
  EXPECT_NE(first, talk.tracker.version(flow, kToClient));
  talk.client({.seq = 101, .ack = 501, .data = "abcd"});
  talk.client({.seq = 105, .ack = 501, .data = "efgh"});
  EXPECT_EQ(talk.tracker.version(flow, kToServer), first);
  for (unsigned i = 0; i < 300; ++i) {
    talk.client({.seq = 103, .ack = 501, .data = i % 2 == 0 ? "XXXX" : "YYYY"});
    EXPECT_NE(talk.tracker.version(flow, kToServer), first);
  }
  EXPECT_EQ(talk.tracker.version(flow, kToServer), 0u) << "too many to count";
}

TEST(TcpTracker, InlineRawDataHasWhatCameBefore) {
  StreamOptions options = inline_options();
  options.chunk_size[0] = options.chunk_size[1] = 6;
  TcpTalk talk(options);
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "abcd"});
  EXPECT_EQ(as_text(talk.tracker.raw(*talk.packet.flow, kToServer).data), "abcd");
  talk.tracker.set_raw_progress(*talk.packet.flow, kToServer, 4);
  talk.client({.seq = 105, .ack = 501, .data = "efg"});
  EXPECT_EQ(as_text(talk.tracker.raw(*talk.packet.flow, kToServer).data), "bcdefg");
}

TEST(TcpTracker, IdleConnectionsHoldNoBuffers) {
  TcpTalk talk;
  talk.handshake();
  talk.client({.seq = 101, .ack = 501, .data = "abcd"});
  talk.server({.seq = 501, .ack = 105});
  talk.tracker.set_raw_progress(*talk.packet.flow, kToServer, 4);
  talk.server({.seq = 501, .ack = 105, .data = "ef"});
  talk.client({.seq = 105, .ack = 503});
  talk.tracker.set_raw_progress(*talk.packet.flow, kToClient, 2);
  talk.client({.seq = 105, .ack = 503});
  EXPECT_EQ(talk.session().client.buffer, nullptr);
  EXPECT_EQ(talk.session().server.buffer, nullptr);
}

TEST(TcpTracker, StoppedReassemblyHoldsAndDeliversNothing) {
  TcpTalk talk;
  talk.handshake();
  talk.tracker.stop_reassembly(*talk.packet.flow, kToServer);
  talk.client({.seq = 101, .ack = 501, .data = "abcd"});
  EXPECT_FALSE(talk.packet.stream_inspected);
  talk.server({.seq = 501, .ack = 105});
  EXPECT_EQ(talk.text(kToServer), "");
  EXPECT_EQ(talk.session().client.buffer, nullptr);
}

TEST(TcpTracker, FullMemoryFollowsItsPolicy) {
  StreamOptions options = inline_options();
  options.reassembly_memcap_bytes = 65536;
  options.reassembly_memcap_policy = ExceptionPolicy::kDropFlow;
  TcpTalk talk(options);
  talk.handshake();
  const std::string chunk(8000, 'x');
  talk.take = 0;
  for (std::uint32_t i = 0; i < 20 && !talk.packet.verdict.is_drop(); ++i) {
    talk.client({.seq = 101 + i * 8000, .ack = 501, .data = chunk});
    talk.server({.seq = 501, .ack = 101 + (i + 1) * 8000});
  }
  EXPECT_GT(talk.counters.segment_memcap_drop.value(), 0u);
  EXPECT_EQ(talk.packet.flow->verdict, FlowVerdict::kDrop);
}

// Any cut of the stream into segments, in any order of arrival, gives the same stream.
TEST(TcpTracker, AnyCutGivesTheSameStream) {
  const std::string text = "The quick brown fox jumps over the lazy dog";
  std::uint64_t random = 3;
  const auto next = [&random](std::size_t below) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(random >> 33) % below;
  };
  for (int run = 0; run < 500; ++run) {
    TcpTalk talk(run % 2 == 0 ? StreamOptions{} : inline_options());
    talk.handshake();
    std::vector<std::pair<std::size_t, std::size_t>> cuts;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = std::min(next(7) + 1, text.size() - at);
      cuts.emplace_back(at, size);
      if (next(4) == 0) cuts.emplace_back(at, std::min(size + next(3), text.size() - at));
      at += size;
    }
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      std::swap(cuts[i], cuts[i + next(std::min<std::size_t>(4, cuts.size() - i))]);
    }
    for (const auto& [at, size] : cuts) {
      talk.client({.seq = 101 + static_cast<std::uint32_t>(at),
                   .ack = 501,
                   .data = std::string_view(text).substr(at, size)});
    }
    talk.server({.seq = 501, .ack = 101 + static_cast<std::uint32_t>(text.size())});
    ASSERT_EQ(talk.text(kToServer), text) << run;
    ASSERT_TRUE(talk.in_order);
    ASSERT_EQ(talk.counters.reassembly_gap.value(), 0u);
  }
}

/// Offsets do not wrap, sequence numbers do: the mapping moves along every 2^30 bytes.
TEST(TcpTracker, OffsetsFollowLongStreams) {
  TcpTalk talk;
  talk.options.raw = false;
  talk.handshake();
  talk.tracker.disable_app(*talk.packet.flow, Direction::kToServer);
  const TcpStream& client = talk.session().client;
  std::uint32_t sent = 101;
  std::uint64_t bytes = 0;
  for (const std::uint32_t step : {1u << 29, 1u << 29, 1u, 1u << 29, (1u << 29) + 7, 3u << 28}) {
    // So much went by that nobody wanted.
    sent += step;
    bytes += step;
    talk.packet.flow->tcp->client.next_seq = talk.packet.flow->tcp->client.next_window = sent;
    talk.server({.seq = 501, .ack = sent});
    ASSERT_EQ(client.last_ack, sent) << bytes;
    const std::uint32_t ahead = client.last_ack - client.base_seq;
    EXPECT_EQ(client.base_offset + ahead, bytes);
    EXPECT_LE(ahead, 1u << 30) << bytes;
  }
  EXPECT_GT(client.base_offset, 1u << 30);
}

TEST(TcpTracker, KeepsWhatFramesNeed) {
  StreamOptions options;
  options.raw = false;
  TcpTalk talk(options);
  talk.handshake();
  Flow& flow = *talk.packet.flow;
  talk.tracker.keep_for_frames(flow);
  talk.client({.seq = 101, .ack = 501, .data = "one"});
  EXPECT_EQ(talk.tracker.stretch(flow, kToServer).limit, 0u);
  EXPECT_EQ(talk.tracker.stretch(flow, kToServer).edge, 3u);
  talk.server({.seq = 501, .ack = 104});
  talk.client({.seq = 104, .ack = 501, .data = "two"});
  EXPECT_EQ(talk.tracker.stretch(flow, kToServer).limit, 3u);
  EXPECT_EQ(as_text(talk.tracker.held_from(flow, kToServer, 0).data), "onetwo");
  talk.tracker.release_frames(flow, kToServer, 2);
  talk.server({.seq = 501, .ack = 107});
  const RawStreamView held = talk.tracker.held_from(flow, kToServer, 0);
  EXPECT_EQ(held.offset, 2u);
  EXPECT_EQ(as_text(held.data), "etwo");
  EXPECT_EQ(talk.tracker.held_from(flow, kToServer, 6).data.size(), 0u);
  talk.tracker.release_frames(flow, kToServer, 6);
  talk.client({.seq = 107, .ack = 501});
  EXPECT_EQ(talk.tracker.held_from(flow, kToServer, 0).data.size(), 0u);
}

TEST(TcpTracker, OneSidedFinBeyondTheWindowDoesNotCount) {
  StreamOptions options;
  options.async_oneside = true;
  TcpTalk talk(options);
  talk.client({.seq = 100, .flags = kTcpSyn});
  talk.client({.seq = 101, .ack = 501, .window = 3});
  talk.client({.seq = 101, .ack = 501, .data = "abcdef", .window = 3});
  talk.client({.seq = 107, .ack = 501, .flags = kTcpFin | kTcpAck, .window = 3});
  EXPECT_EQ(talk.session().state, TcpState::kEstablished);
  EXPECT_TRUE(talk.has(PacketEvent::kStreamFinOutOfWindow));
}

}  // namespace
}  // namespace culvert
