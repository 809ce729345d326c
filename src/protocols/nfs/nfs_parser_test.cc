#include "protocols/nfs/nfs_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/talk_testing.h"
#include "files/file_tracker.h"
#include "protocols/nfs/nfs_keywords.h"
#include "protocols/nfs/nfs_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::nfs {
namespace {

using Data = std::vector<std::byte>;

Data u32(std::uint32_t value) {
  return {std::byte(value >> 24), std::byte(value >> 16 & 0xff), std::byte(value >> 8 & 0xff),
          std::byte(value & 0xff)};
}
Data u64(std::uint32_t value) { return concat({u32(0), u32(value)}); }
Data opaque(Bytes bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  return concat({u32(size), bytes, Data((4 - size % 4) % 4)});
}
Data name(std::string_view text) { return opaque(text_bytes(text)); }
Data record(const Data& bytes) {
  return concat({u32(0x80000000u | static_cast<std::uint32_t>(bytes.size())), bytes});
}
Data call(std::uint32_t xid, std::uint32_t version, std::uint32_t procedure, const Data& body,
          std::string_view machine = "host") {
  const Data credentials = concat({u32(9), name(machine), u32(5), u32(6), u32(0)});
  return record(concat({u32(xid), u32(0), u32(2), u32(100003), u32(version), u32(procedure), u32(1),
                        opaque(credentials), u32(0), u32(0), body}));
}
Data reply(std::uint32_t xid, const Data& body) {
  return record(concat({u32(xid), u32(1), u32(0), u32(0), u32(0), u32(0), body}));
}
const Data kHandle = text_bytes("handle 1"), kFolder = text_bytes("folder 1");
const Data kAttributes = concat({u32(1), Data(84)});

Data lookup(std::uint32_t xid, std::string_view text) {
  return call(xid, 3, 3, concat({opaque(kFolder), name(text)}));
}
Data found(std::uint32_t xid) {
  return reply(xid, concat({u32(0), opaque(kHandle), u32(0), u32(0)}));
}
Data write(std::uint32_t xid, std::uint32_t offset, std::string_view text, std::uint32_t stable) {
  return call(xid, 3, 7, concat({opaque(kHandle), u64(offset), u32(9), u32(stable), name(text)}));
}
Data read(std::uint32_t xid, std::uint32_t offset) {
  return call(xid, 3, 6, concat({opaque(kHandle), u64(offset), u32(100)}));
}
Data was_read(std::uint32_t xid, std::string_view text, std::uint32_t end) {
  return reply(xid, concat({u32(0), kAttributes, u32(5), u32(end), name(text)}));
}

struct Talk : ParserTalk<kNfsProtocol, NfsParser, NfsTransaction, NfsOptions> {
  explicit Talk(bool is_stream = true, std::uint32_t most = 1024)
      : ParserTalk(NfsOptions{most}, is_stream) {
    parser.use({.files = &files}, flow);
  }
  ~Talk() {
    for (Transaction* const each : parser.transactions()) files.release(each->files);
  }
  bool has(std::size_t i, std::string_view part) { return json(i).find(part) != std::string::npos; }

  FileTracker files{{.memory = 1u << 20, .needs = {FileNeed::kTrack}, .ranges = {}}};
};

TEST(NfsParser, KeepsLittleOfWhatIsLong) {
  Talk talk;
  talk.say('>', call(1, 3, 6, concat({opaque(Data(5000)), u64(0), u32(100)})));
  talk.say('<', was_read(1, "text", 1));
  EXPECT_EQ(talk.count(), 0u);
  talk.say('>', call(2, 3, 3, concat({opaque(kFolder), name("a")}), std::string(5000, 'm')));
  ASSERT_EQ(talk.count(), 1u);
  EXPECT_EQ(talk.tx(0).credentials.machine, std::string(255, 'm'));
}

TEST(NfsParser, AnySplitGivesTheSame) {
  const Data client =
      concat({lookup(1, "a.txt"),
              call(2, 3, 14, concat({opaque(kFolder), name("b"), opaque(kFolder), name("c")}))});
  const Data server = concat({found(1), reply(2, u32(2))});
  const std::string head =
      R"({"rpc":{"xid":1,"status":"ACCEPTED","auth_type":"UNIX","creds":{"machine_name":"host",)"
      R"("uid":5,"gid":6}},"nfs":{"version":3,"procedure":"LOOKUP","filename":"a.txt","hhash":")";
  const auto check = [&](Talk& talk) {
    ASSERT_EQ(talk.count(), 2u);
    EXPECT_EQ(talk.json(0).substr(0, head.size()), head);
    EXPECT_TRUE(talk.has(0, R"("id":1,"file_tx":false,"type":"response","status":"OK"}})"));
    EXPECT_TRUE(talk.has(1, R"("status":"ERR_NOENT","rename":{"from":"b","to":"c"}}})"));
    EXPECT_EQ(talk.tx(1).progress[1], TwoStates::kComplete);
  };
  for_each_chop(client, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    for (const Bytes piece : pieces) talk.say('>', piece);
    talk.say('<', server);
    check(talk);
  });
  for_each_chop(server, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    talk.say('>', client);
    for (const Bytes piece : pieces) talk.say('<', piece);
    check(talk);
  });
  Talk datagram(false);
  datagram.say('>', Bytes(lookup(1, "a.txt")).subspan(4));
  datagram.say('<', Bytes(found(1)).subspan(4));
  EXPECT_TRUE(datagram.has(0, R"("filename":"a.txt","hhash":)"));
  Talk fragments;
  const Data whole = lookup(1, "a.txt");
  const Bytes body = Bytes(whole).subspan(4);
  fragments.say('>', concat({u32(8), body.first(8),
                             u32(0x80000000u | static_cast<std::uint32_t>(body.size() - 8)),
                             body.subspan(8)}));
  EXPECT_EQ(fragments.count(), 1u);
}

TEST(NfsParser, FollowsFilesOfVersion3) {
  Talk writing;
  writing.say('>', lookup(1, "w.txt"));
  writing.say('<', found(1));
  writing.say('>', concat({write(2, 0, "hello", 0), write(3, 5, "abc", 0)}));
  writing.say('>', call(4, 3, 21, concat({opaque(kHandle), u64(0), u32(0)})));
  ASSERT_EQ(writing.count(), 2u);
  EXPECT_TRUE(writing.has(1, R"("procedure":"WRITE","filename":"w.txt")"));
  EXPECT_TRUE(writing.has(1, R"("write":{"first":true,"last":true,"last_xid":4,"chunks":2})"));
  EXPECT_TRUE(writing.has(1, R"("auth_type":"NULL"})"));
  EXPECT_EQ(writing.tx(1).progress[0], TwoStates::kComplete);
  ASSERT_NE(writing.tx(1).files[0], nullptr);
  EXPECT_EQ(writing.tx(1).files[0]->size(), 1u);

  Talk reading;
  reading.say('>', lookup(1, "r.txt"));
  reading.say('<', found(1));
  reading.say('>', read(2, 0));
  reading.say('<', was_read(2, "hello", 0));
  EXPECT_TRUE(reading.has(1, R"("read":{"first":true,"last":false,"last_xid":0,"chunks":1})"));
  reading.say('>', read(3, 5));
  reading.say('<', was_read(3, "ab", 1));
  ASSERT_EQ(reading.count(), 2u);
  EXPECT_TRUE(reading.has(1, R"("read":{"first":true,"last":true,"last_xid":3,"chunks":2})"));
  EXPECT_TRUE(reading.has(1, R"("auth_type":"UNIX")"));
  // The same file once more is another transaction.
  reading.say('>', read(4, 0));
  EXPECT_EQ(reading.count(), 3u);
  // A transaction that goes takes what is open along.
  reading.files.release(reading.tx(2).files);
  reading.parser.free_transaction(&reading.tx(2));
  reading.say('<', was_read(4, "hello", 1));
  EXPECT_EQ(reading.count(), 2u);
}

TEST(NfsParser, FollowsVersions2And4) {
  Talk v2;
  v2.say('>', call(1, 2, 4, concat({Data(32), name("x")})));
  v2.say('<', reply(1, u32(2)));
  v2.say('>', call(2, 2, 6, concat({Data(32), u32(0), u32(9), u32(9)})));
  v2.say('<', reply(2, concat({u32(0), Data(68), name("hello")})));
  ASSERT_EQ(v2.count(), 2u);
  EXPECT_TRUE(v2.has(0, R"("procedure":"LOOKUP","filename":"","id":1)"));
  EXPECT_TRUE(v2.has(1, R"("read":{"first":true,"last":true,"last_xid":2,"chunks":0})"));

  const auto compound = [](std::uint32_t xid, std::uint32_t count, const Data& operations) {
    return call(xid, 4, 1, concat({name(""), u32(0), u32(count), operations}));
  };
  const auto results = [](std::uint32_t xid, std::uint32_t count, const Data& operations) {
    return reply(xid, concat({u32(0), name(""), u32(count), operations}));
  };
  const Data put = concat({u32(22), opaque(kHandle)}), was_put = concat({u32(22), u32(0)});
  Talk v4;
  v4.say('>', compound(1, 3, concat({put, u32(15), name("n.txt"), u32(10)})));
  v4.say('<', results(1, 3, concat({was_put, u32(15), u32(0), u32(10), u32(0), opaque(kFolder)})));
  EXPECT_EQ(v4.count(), 0u);
  v4.say('>', compound(2, 2,
                       concat({u32(22), opaque(kFolder), u32(38), Data(16), u64(0), u32(2),
                               name("hello")})));
  v4.say('>', compound(3, 2, concat({put, u32(25), Data(16), u64(0), u32(99)})));
  v4.say('<', results(3, 2, concat({was_put, u32(25), u32(0), u32(1), name("hello")})));
  v4.say('>', compound(4, 2, concat({put, u32(28), name("gone")})));
  v4.say('<', results(4, 2, concat({was_put, u32(28), u32(0), Data(20)})));
  ASSERT_EQ(v4.count(), 3u);
  EXPECT_TRUE(v4.has(0, R"("version":4,"procedure":"WRITE","filename":"n.txt")"));
  EXPECT_TRUE(v4.has(0, R"("write":{"first":true,"last":true,"last_xid":2,"chunks":0})"));
  EXPECT_TRUE(v4.has(1, R"("procedure":"READ")"));
  EXPECT_TRUE(v4.has(2, R"("procedure":"REMOVE","filename":"gone","id":3)"));
}

TEST(NfsParser, RaisesEventsAndKeepsWithinItsLimits) {
  const std::pair<const char*, Data> replies[] = {
      {"no handle", reply(1, u32(0))},
      {"no status", reply(1, {})},
      {"denied", record(concat({u32(1), u32(1), u32(1), u32(1), u32(1)}))},
      {"a procedure that there is not",
       record(concat({u32(1), u32(1), u32(0), u32(0), u32(0), u32(3)}))},
  };
  for (const auto& [what, bytes] : replies) {
    Talk talk;
    talk.say('>', lookup(1, "x"));
    talk.say('<', bytes);
    EXPECT_TRUE(talk.raised(0, Event::kMalformedData)) << what;
    EXPECT_EQ(talk.tx(0).progress[1], TwoStates::kComplete) << what;
  }
  Talk many(true, 2);
  for (std::uint32_t i = 0; i < 4; ++i) many.say('>', lookup(i, "x"));
  EXPECT_EQ(many.count(), 2u);
  EXPECT_TRUE(many.raised(1, Event::kTooManyTransactions));
  Talk longest;
  longest.say('>', lookup(1, "x"));
  EXPECT_EQ(longest.say('>', u32(0x80300000)), ParseStatus::kMalformed);
  EXPECT_TRUE(longest.raised(0, Event::kMalformedData));
  EXPECT_EQ(
      longest.parser.gap(
          {.flow = longest.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}}, 9),
      ParseStatus::kMalformed);
}

TEST(NfsKeywords, AskCalls) {
  Talk talk;
  talk.say('>', lookup(1, "x"));
  const auto ask = [&](std::string_view keyword, std::string_view argument) {
    return ask_keyword(kNfsKeywords, keyword, argument, talk.tx(0));
  };
  EXPECT_EQ(ask("nfs_procedure", "3"), "yes");
  EXPECT_EQ(ask("nfs_procedure", ">3"), "no");
  EXPECT_EQ(ask("nfs_procedure", "LOOKUP"), "refused");
  EXPECT_EQ(ask("nfs.version", "3"), "yes");
  EXPECT_EQ(ask("nfs.version", "4"), "no");
}

std::string frames_of(const Data& bytes, Direction direction, NfsParser& parser,
                      std::size_t cut = 0) {
  Flow flow;
  FrameList frames;
  for (const auto& [begin, size] :
       {std::pair<std::size_t, std::size_t>{0, cut}, {cut, bytes.size() - cut}}) {
    static_cast<void>(parser.feed({.flow = flow,
                                   .direction = direction,
                                   .bytes = Bytes(bytes).subspan(begin, size),
                                   .time = {},
                                   .stream_offset = begin,
                                   .frames = &frames}));
  }
  std::string text;
  for (const Frame& frame : frames.frames()) {
    text += std::string(kFrameNames[frame.type]) + " " + std::to_string(frame.begin) + "+" +
            std::to_string(frame.length) + " ";
  }
  return text;
}

TEST(NfsFrames, OfCallsAndRepliesAtTheirPlaces) {
  const Data compound = concat({name("tag!"), u32(0), u32(1), u32(24)});
  const Data compound_reply = concat({u32(0), name(""), u32(1), u32(24), u32(0)});
  for (std::size_t cut = 0; cut < 60; ++cut) {
    SCOPED_TRACE(cut);
    const NfsOptions options;
    NfsParser parser(options, true);
    EXPECT_EQ(frames_of(lookup(1, "a"), Direction::kToServer, parser, cut),
              "rpc.pdu 0+88 rpc.creds 28+32 nfs.pdu 68+20 ");
    EXPECT_EQ(frames_of(found(1), Direction::kToClient, parser, 8),
              "rpc.pdu 0+52 rpc.hdr 0+12 rpc.data 12+40 nfs.pdu 28+24 nfs.status 28+4 ");
    EXPECT_EQ(frames_of(call(2, 4, 1, compound), Direction::kToServer, parser, cut),
              "rpc.pdu 0+88 rpc.creds 28+32 nfs4.pdu 68+20 nfs4.hdr 68+12 nfs4.ops 80+8 ");
    EXPECT_EQ(frames_of(reply(2, compound_reply), Direction::kToClient, parser),
              "rpc.pdu 0+48 rpc.hdr 0+12 rpc.data 12+36 nfs4.pdu 28+20 nfs4.status 28+4 "
              "nfs4.hdr 28+8 nfs4.ops 36+12 ");
    // Whose call has not been seen.
    EXPECT_EQ(frames_of(found(9), Direction::kToClient, parser),
              "rpc.pdu 0+52 rpc.hdr 0+12 rpc.data 12+40 ");
  }
}

TEST(NfsFrames, OfARecordInTwoFragmentsAreNone) {
  const Data whole = lookup(1, "a");
  const Data first = concat({u32(10), Data(whole.begin() + 4, whole.begin() + 14)});
  const Data second = record(Data(whole.begin() + 14, whole.end()));
  const NfsOptions options;
  NfsParser parser(options, true);
  EXPECT_EQ(frames_of(concat({first, second}), Direction::kToServer, parser), "");
  EXPECT_EQ(frames_of(found(1), Direction::kToClient, parser),
            "rpc.pdu 0+52 rpc.hdr 0+12 rpc.data 12+40 nfs.pdu 28+24 nfs.status 28+4 ");
}

}  // namespace
}  // namespace culvert::nfs
