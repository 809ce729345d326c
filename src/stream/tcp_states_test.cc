#include "stream/tcp_states.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "stream/tcp_talk.h"

namespace culvert {
namespace {

using State = TcpState;
using Event = PacketEvent;

constexpr std::uint8_t kA = kTcpAck, kS = kTcpSyn, kF = kTcpFin, kR = kTcpRst;

/// Numbers that each end would send next; initial ones are 1000000 and 5000000.
struct Ends {
  std::uint32_t client = 1000001, server = 5000001;
};

/// Brings a conversation to `state` the usual way: after a handshake, 10 bytes each way.
Ends bring_to(TcpTalk& talk, State state) {
  Ends at;
  talk.client({.seq = at.client - 1, .flags = kS});
  if (state == State::kSynSent) return at;
  talk.server({.seq = at.server - 1, .ack = at.client, .flags = kS | kA});
  if (state == State::kSynRecv) return at;
  talk.client({.seq = at.client, .ack = at.server});
  talk.client({.seq = at.client, .ack = at.server, .data = "cccccccccc"});
  at.client += 10;
  talk.server({.seq = at.server, .ack = at.client, .data = "ssssssssss"});
  at.server += 10;
  talk.client({.seq = at.client, .ack = at.server});
  if (state == State::kEstablished) return at;
  if (state == State::kCloseWait || state == State::kLastAck || state == State::kClosed) {
    talk.client({.seq = at.client++, .ack = at.server, .flags = kF | kA});
    talk.server({.seq = at.server, .ack = at.client});
    if (state == State::kCloseWait) return at;
    talk.server({.seq = at.server++, .ack = at.client, .flags = kF | kA});
    if (state == State::kLastAck) return at;
    talk.client({.seq = at.client, .ack = at.server});
    return at;
  }
  talk.server({.seq = at.server++, .ack = at.client, .flags = kF | kA});
  if (state == State::kFinWait1) return at;
  if (state == State::kClosing) {
    talk.client({.seq = at.client++, .flags = kF});
    return at;
  }
  talk.client({.seq = at.client, .ack = at.server});
  if (state == State::kFinWait2) return at;
  talk.client({.seq = at.client++, .ack = at.server, .flags = kF | kA});
  return at;
}

struct Row {
  State from;
  Direction direction;
  std::uint8_t flags;
  std::int32_t seq, ack;  ///< relative to what would be right
  std::size_t size;
  State to;
  std::optional<Event> event;
};
constexpr auto kC = Direction::kToServer, kB = Direction::kToClient;

// As the reference was seen to judge (8.0.8), out of grids of some 4,000 segments a state.
const Row kRows[] = {
    {State::kSynSent, kB, kS | kA, 0, 0, 0, State::kSynRecv, {}},
    {State::kSynSent, kB, kS | kA, 0, 1, 0, State::kSynSent, Event::kStream3whsSynackWithWrongAck},
    {State::kSynSent, kC, kS | kA, 0, 0, 0, State::kSynSent,
     Event::kStream3whsSynackInWrongDirection},
    {State::kSynSent, kB, kR | kA, -5000001, 0, 0, State::kClosed, {}},
    {State::kSynSent, kB, kR | kA, 0, 5, 0, State::kSynSent, Event::kStreamRstInvalidAck},
    {State::kSynRecv, kC, kA, 0, 0, 0, State::kEstablished, {}},
    {State::kSynRecv, kC, kA, 0, 0, 10, State::kEstablished, {}},
    {State::kSynRecv, kC, kA, 0, 5, 0, State::kSynRecv, Event::kStream3whsRightSeqWrongAckEvasion},
    {State::kSynRecv, kC, kA, -20, 5, 0, State::kSynRecv, Event::kStream3whsWrongSeqWrongAck},
    {State::kSynRecv, kB, kS | kA, 0, 5, 0, State::kSynRecv,
     Event::kStream3whsSynackResendWithDifferentAck},
    {State::kSynRecv, kB, kS, 0, 0, 0, State::kSynRecv, Event::kStream3whsSynToclientOnSynRecv},
    {State::kSynRecv, kC, kR | kA, 0, 0, 0, State::kClosed, {}},
    {State::kEstablished, kC, kA, 0, 0, 10, State::kEstablished, {}},
    {State::kEstablished, kC, kA, -10, 0, 10, State::kEstablished,
     Event::kStreamPktSpuriousRetransmission},
    {State::kEstablished, kC, kA, -20, 0, 0, State::kEstablished,
     Event::kStreamEstPktBeforeLastAck},
    {State::kEstablished, kC, kA, 8193, 0, 0, State::kEstablished,
     Event::kStreamEstPacketOutOfWindow},
    {State::kEstablished, kC, kA, 0, 8193, 0, State::kEstablished, Event::kStreamEstInvalidAck},
    {State::kEstablished, kC, kA, 0, -8193, 10, State::kEstablished, Event::kStreamEstInvalidAck},
    {State::kEstablished, kC, kS, -11, 0, 0, State::kEstablished, Event::kStreamEstSynResend},
    {State::kEstablished, kB, kS, 0, 0, 0, State::kEstablished, Event::kStreamEstSynToclient},
    {State::kEstablished, kC, kS | kA, 0, 0, 0, State::kEstablished,
     Event::kStreamEstSynackToserver},
    {State::kEstablished, kC, kF | kA, 0, 0, 0, State::kCloseWait, {}},
    {State::kEstablished, kB, kF | kA, 0, 0, 3, State::kFinWait1, {}},
    {State::kEstablished, kC, kF | kA, -1, 0, 0, State::kEstablished, Event::kStreamFinOutOfWindow},
    {State::kEstablished, kC, kF | kA, 0, 8193, 0, State::kEstablished,
     Event::kStreamFinInvalidAck},
    {State::kEstablished, kC, kR | kA, 0, 0, 0, State::kClosed, {}},
    {State::kEstablished, kC, kR | kA, 0, 0, 5, State::kClosed, Event::kStreamRstWithData},
    {State::kEstablished, kC, kR | kA, 1, 0, 0, State::kEstablished, {}},
    {State::kEstablished, kC, kR | kA, 500000, 0, 5, State::kEstablished, Event::kStreamRstWithData},
    {State::kClosed, kC, kR, 0, 0, 5, State::kClosed, {}},
    {State::kCloseWait, kB, kA, 0, 0, 10, State::kCloseWait, {}},
    {State::kCloseWait, kB, kF | kA, 0, 0, 0, State::kLastAck, {}},
    {State::kCloseWait, kB, kA, 8193, 0, 0, State::kCloseWait,
     Event::kStreamClosewaitAckOutOfWindow},
    {State::kCloseWait, kB, kA, 0, -100000, 0, State::kCloseWait, {}},
    {State::kFinWait1, kC, kA, 0, 0, 0, State::kFinWait2, {}},
    {State::kFinWait1, kC, kA, 0, -1, 0, State::kFinWait1, {}},
    {State::kFinWait1, kC, kA, 0, 20000, 1, State::kFinWait1, Event::kStreamFin1InvalidAck},
    {State::kFinWait1, kC, kF | kA, 0, -1, 0, State::kTimeWait, {}},
    {State::kFinWait1, kC, kF, 0, 0, 0, State::kClosing, {}},
    {State::kFinWait1, kC, kF | kA, 100000, 0, 0, State::kFinWait1, Event::kStreamFin1FinWrongSeq},
    {State::kFinWait2, kC, kF | kA, 0, 0, 0, State::kTimeWait, {}},
    {State::kFinWait2, kC, kA, 100000, 0, 0, State::kFinWait2, Event::kStreamFin2AckWrongSeq},
    {State::kClosing, kB, kA, 0, 0, 0, State::kTimeWait, {}},
    {State::kClosing, kB, kA, 1, 0, 0, State::kClosing, Event::kStreamClosingAckWrongSeq},
    {State::kTimeWait, kB, kA, 0, 0, 0, State::kClosed, {}},
    {State::kTimeWait, kB, kA, 20, 0, 0, State::kTimeWait, Event::kStreamTimewaitAckWrongSeq},
    {State::kTimeWait, kC, kS, 0, 0, 0, State::kTimeWait, Event::kStreamShutdownSynResend},
    {State::kLastAck, kC, kA, 0, 0, 0, State::kClosed, {}},
    {State::kLastAck, kC, kA, 20, 0, 0, State::kLastAck, Event::kStreamLastackAckWrongSeq},
    {State::kLastAck, kC, kA, 0, 20000, 1, State::kLastAck, Event::kStreamLastackInvalidAck},
};

TEST(TcpStates, SegmentsInEachState) {
  int number = 0;
  for (const Row& row : kRows) {
    TcpTalk talk;
    const Ends at = bring_to(talk, row.from);
    const std::string where =
        "row " + std::to_string(number++) + " from " + std::string(name_of(row.from));
    ASSERT_EQ(talk.session().state, row.from) << where;
    const bool to_server = row.direction == kC;
    const std::string data(row.size, 'q');
    talk.send(row.direction,
              {.seq = (to_server ? at.client : at.server) + static_cast<std::uint32_t>(row.seq),
               .ack = (row.flags & kA) == 0 ? 0
                                            : (to_server ? at.server : at.client) +
                                                  static_cast<std::uint32_t>(row.ack),
               .flags = row.flags,
               .data = data});
    ASSERT_NE(talk.packet.flow->tcp, nullptr) << where;
    EXPECT_EQ(name_of(talk.session().state), name_of(row.to)) << where;
    if (row.event) {
      EXPECT_TRUE(talk.has(*row.event)) << where;
    } else {
      EXPECT_TRUE(talk.packet.events.empty())
          << where << ": " << kPacketEventNames[*talk.packet.events.begin()];
    }
  }
}

TEST(TcpStates, KeepAliveIsNoRetransmission) {
  TcpTalk talk;
  const Ends at = bring_to(talk, State::kEstablished);
  for (const char* const data : {"", "x"}) {
    talk.client({.seq = at.client - 1, .ack = at.server, .data = data});
    EXPECT_TRUE(talk.packet.events.empty());
  }
}

TEST(TcpStates, OldTimestampsAreNotTaken) {
  const auto timestamp = [](std::uint32_t value) {
    std::vector<std::uint8_t> option{1, 1, 8, 10};
    for (const int shift : {24, 16, 8, 0})
      option.push_back(static_cast<std::uint8_t>(value >> shift));
    option.insert(option.end(), 4, 0);
    return option;
  };
  TcpTalk talk;
  talk.client({.seq = 100, .flags = kS, .options = timestamp(1000)});
  talk.server({.seq = 500, .ack = 101, .flags = kS | kA, .options = timestamp(50)});
  talk.client({.seq = 101, .ack = 501, .options = timestamp(1001)});
  talk.client({.seq = 101, .ack = 501, .data = "old", .options = timestamp(900)});
  EXPECT_TRUE(talk.has(Event::kStreamPktInvalidTimestamp));
  talk.server({.seq = 501, .ack = 104, .options = timestamp(51)});
  EXPECT_EQ(talk.text(Direction::kToServer), "");
  // After 24 days of silence it may have wrapped (RFC 7323 section 5.5).
  talk.time += std::chrono::hours(24 * 25);
}

TEST(TcpStates, WindowsScaleWhenBothEndsOffer) {
  for (const bool both : {true, false}) {
    TcpTalk talk;
    const std::vector<std::uint8_t> scale{3, 3, 4, 0}, none;
    talk.client({.seq = 100, .flags = kS, .options = scale});
    talk.server({.seq = 500, .ack = 101, .flags = kS | kA, .options = both ? scale : none});
    talk.client({.seq = 101, .ack = 501, .window = 1000});
    EXPECT_EQ(talk.session().client.window, both ? 16000u : 1000u);
  }
}

TEST(TcpStates, TheSynThatIsAnsweredCounts) {
  TcpTalk talk;
  talk.client({.seq = 100, .flags = kS});
  talk.client({.seq = 7000, .flags = kS});
  talk.server({.seq = 500, .ack = 7001, .flags = kS | kA});
  EXPECT_EQ(talk.session().state, State::kSynRecv);
  talk.client({.seq = 7001, .ack = 501});
  EXPECT_EQ(talk.session().state, State::kEstablished);
}

TEST(TcpStates, TooManySynsAreAFlood) {
  TcpTalk talk;
  for (std::uint32_t i = 0; i <= 11; ++i) talk.client({.seq = 100 + i * 1000, .flags = kS});
  EXPECT_TRUE(talk.has(Event::kStream3whsSynFlood));
}

TEST(TcpStates, OfAFloodTheLastElevenSynsCount) {
  for (const std::uint32_t answered : {0u, 3u, 4u, 5u, 14u}) {
    TcpTalk talk;
    for (std::uint32_t i = 0; i < 15; ++i) talk.client({.seq = 100 + i * 1000, .flags = kS});
    talk.server({.seq = 500, .ack = 101 + answered * 1000, .flags = kS | kA});
    EXPECT_EQ(talk.session().state, answered < 4 ? State::kSynSent : State::kSynRecv) << answered;
  }
}

TEST(TcpStates, ASynSentAgainIsOneOfAFlood) {
  TcpTalk talk;
  for (int i = 0; i < 11; ++i) talk.client({.seq = 100, .flags = kS});
  EXPECT_FALSE(talk.has(Event::kStream3whsSynFlood));
  talk.client({.seq = 100, .flags = kS});
  EXPECT_TRUE(talk.has(Event::kStream3whsSynFlood));
  talk.server({.seq = 500, .ack = 101, .flags = kS | kA});
  EXPECT_EQ(talk.session().state, State::kSynRecv);
}

TEST(TcpStates, TheSynAckThatIsAnsweredCounts) {
  TcpTalk talk;
  talk.client({.seq = 100, .flags = kS});
  talk.server({.seq = 500, .ack = 101, .flags = kS | kA});
  talk.server({.seq = 9000, .ack = 101, .flags = kS | kA});
  talk.client({.seq = 101, .ack = 9001});
  EXPECT_EQ(talk.session().state, State::kEstablished);
  EXPECT_EQ(talk.session().server.isn, 9000u);
}

TEST(TcpStates, SplitHandshake) {
  TcpTalk talk;
  talk.client({.seq = 100, .flags = kS});
  talk.server({.seq = 500, .flags = kS});
  talk.client({.seq = 100, .ack = 501, .flags = kS | kA});
  EXPECT_EQ(talk.session().state, State::kSynRecv);
  talk.server({.seq = 501, .ack = 101});
  EXPECT_EQ(talk.session().state, State::kEstablished);
}

}  // namespace
}  // namespace culvert
