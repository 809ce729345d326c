#include "protocols/dcerpc/dcerpc_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/talk_testing.h"
#include "event/json_writer.h"
#include "protocols/dcerpc/dcerpc_eve.h"
#include "protocols/dcerpc/dcerpc_keywords.h"
#include "protocols/dcerpc/dcerpc_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::dcerpc {
namespace {

constexpr std::string_view kUuid = "367abb81-9844-35f1-ad32-98f038001003";
const auto kUuidBytes = hex("81bb7a36 4498 f135 ad32 98f038001003");
const auto kNdr = hex("045d888a eb1c c911 9fe8 08002b104860 02000000");

std::vector<std::byte> pdu(std::string_view type, std::string_view flags, std::string_view call,
                           std::vector<std::byte> body) {
  const auto size = static_cast<unsigned>(body.size()) + 16;
  return concat({hex("05 00"), hex(type), hex(flags), hex("10000000"),
                 std::vector{std::byte(size & 255), std::byte(size >> 8)}, hex("0000"), hex(call),
                 hex("000000"), body});
}
/// Two contexts of the same interface, of which the second is refused.
std::vector<std::byte> bind(std::string_view flags = "03") {
  return pdu(
      "0b", flags, "01",
      concat({hex("b810b810 00000000 02000000"), hex("0000 01 00"), kUuidBytes, hex("0200 0000"),
              kNdr, hex("0100 01 00"), kUuidBytes, hex("0200 0000"), kNdr}));
}
std::vector<std::byte> bind_ack() {
  return pdu("0c", "03", "01",
             concat({hex("b810b810 34120000 0400 31333500 0000 02000000"), hex("0000 0000"), kNdr,
                     hex("0300 0000"), kNdr}));
}
std::vector<std::byte> request(std::string_view flags, std::string_view call, std::string_view stub,
                               std::string_view context = "0000") {
  return pdu("00", flags, call, concat({hex("00000000"), hex(context), hex("0f00"), hex(stub)}));
}
std::vector<std::byte> response(std::string_view flags, std::string_view call,
                                std::string_view stub) {
  return pdu("02", flags, call, hex(stub));
}

struct Talk : ParserTalk<kDcerpcProtocol, DcerpcParser, DcerpcTransaction, DcerpcOptions> {
  using ParserTalk::ParserTalk;
  std::string json() {
    JsonWriter writer;
    writer.begin_array();
    for (const Transaction* tx : parser.transactions()) {
      writer.begin_object();
      write_metadata(flow, *tx, writer);
      writer.end_object();
    }
    writer.end_array();
    return std::string(writer.text());
  }
  std::string ask(std::string_view name, std::string_view argument, std::size_t tx = 1) {
    return ask_keyword(kDcerpcKeywords, name, argument, *parser.transactions().at(tx));
  }
};

TEST(DcerpcParser, MakesTransactionsHoweverTheStreamIsCut) {
  const auto requests = concat({bind(), request("01", "01", "0102"), request("02", "01", "03")});
  const auto responses = concat({bind_ack(), response("03", "01", "aabb")});
  constexpr std::string_view kWanted =
      R"([{"dcerpc":{"request":"BIND","interfaces":[)"
      R"({"uuid":"367abb81-9844-35f1-ad32-98f038001003","version":"2.0","ack_result":0},)"
      R"({"uuid":"367abb81-9844-35f1-ad32-98f038001003","version":"2.0","ack_result":3}],)"
      R"("response":"BINDACK","call_id":1,"rpc_version":"5.0"}},)"
      R"({"dcerpc":{"request":"REQUEST","req":{"opnum":15,"frag_cnt":2,"stub_data_size":3},)"
      R"("interfaces":[)"
      R"({"uuid":"367abb81-9844-35f1-ad32-98f038001003","version":"2.0","ack_result":0}],)"
      R"("response":"RESPONSE","res":{"frag_cnt":1,"stub_data_size":2},"call_id":1,)"
      R"("rpc_version":"5.0"}}])";
  for_each_chop(requests, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    std::size_t said = 0;
    bool acknowledged = false;
    for (const Bytes piece : pieces) {
      // The server answers when it has the bind.
      const std::size_t left = bind().size() - std::min(said, bind().size());
      const std::size_t first = std::min(left, piece.size());
      (void)talk.say('>', piece.first(first));
      if (!acknowledged && first == left) {
        (void)talk.say('<', bind_ack());
        acknowledged = true;
      }
      (void)talk.say('>', piece.subspan(first));
      said += piece.size();
    }
    (void)talk.say('<', response("03", "01", "aabb"));
    EXPECT_EQ(talk.json(), kWanted);
  });
  for_each_chop(responses, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    (void)talk.say('>', bind());
    (void)talk.say('<', bind_ack());
    (void)talk.say('>', requests);
    Talk other;
    (void)other.say('>', bind());
    for (const Bytes piece : pieces) (void)other.say('<', piece);
    EXPECT_EQ(other.parser.transactions()[0]->progress[1], TwoStates::kComplete);
  });
}

TEST(DcerpcParser, AnswersKeywords) {
  Talk talk;
  (void)talk.say('>', bind());
  (void)talk.say('<', bind_ack());
  (void)talk.say('>', concat({request("03", "02", "0102"), request("03", "03", "04", "0100")}));
  const std::string uuid(kUuid);
  const struct {
    std::string_view name;
    std::string argument;
    std::size_t transaction;
    std::string_view wanted;
  } cases[] = {
      {"dcerpc.iface", uuid, 1, "yes"},
      {"dcerpc.iface", uuid, 0, "no"},  // the bind itself
      {"dcerpc.iface", uuid, 2, "no"},  // its context was refused
      {"dcerpc.iface", uuid + ",=2", 1, "yes"},
      {"dcerpc.iface", uuid + ",>2,any_frag", 1, "no"},
      {"dcerpc.iface", "367abb81984435f1ad3298f038001003", 1, "yes"},
      {"dcerpc.iface", "367abb81-9844-35f1-ad32-98f03800100", 1, "refused"},
      {"dcerpc.iface", uuid + ",any_frag,=2", 1, "refused"},
      {"dcerpc.iface", uuid + ",=70000", 1, "refused"},
      {"dcerpc.opnum", "15", 1, "yes"},
      {"dcerpc.opnum", "1,10-20", 1, "yes"},
      {"dcerpc.opnum", "16-20", 1, "no"},
      {"dcerpc.opnum", "15", 0, "no"},
      {"dcerpc.opnum", "20-16", 1, "refused"},
      {"dcerpc.opnum", "1,", 1, "refused"},
  };
  for (const auto& [name, argument, transaction, wanted] : cases) {
    EXPECT_EQ(talk.ask(name, argument, transaction), wanted) << name << ":" << argument;
  }
  EXPECT_EQ(
      read_buffer(kDcerpcBuffers, "dcerpc.stub_data", talk.flow, *talk.parser.transactions()[1]),
      "[\x01\x02]");
}

TEST(DcerpcParser, InterfaceOfABindThatIsNoFirstFragment) {
  Talk talk;
  (void)talk.say('>', bind("00"));
  (void)talk.say('<', bind_ack());
  (void)talk.say('>', request("03", "02", "01"));
  EXPECT_EQ(talk.ask("dcerpc.iface", std::string(kUuid)), "no");
  EXPECT_EQ(talk.ask("dcerpc.iface", std::string(kUuid) + ",any_frag"), "yes");
}

TEST(DcerpcParser, GoesOnBehindAGap) {
  const auto lost = request("03", "01", "01020304");
  const auto kept = request("03", "02", "05");
  const struct {
    const char* name;
    std::size_t said, missing, resumes;  // of `lost`
    std::size_t transactions;
  } cases[] = {
      {"within a PDU", 18, 4, 22, 1},
      {"to the end of a PDU", 18, lost.size() - 18, lost.size(), 1},
      {"a whole PDU", 0, lost.size(), lost.size(), 1},
      {"the front of a PDU", 0, 10, 10, 0},
  };
  for (const auto& [name, said, missing, resumes, transactions] : cases) {
    Talk talk;
    (void)talk.say('>', Bytes(lost).first(said));
    EXPECT_NE(talk.lose('>', missing), ParseStatus::kMalformed) << name;
    EXPECT_NE(talk.say('>', concat({Bytes(lost).subspan(resumes), kept})), ParseStatus::kMalformed)
        << name;
    EXPECT_EQ(talk.parser.transactions().size(), transactions) << name;
    // What follows in a segment of its own is taken in any case.
    EXPECT_NE(talk.say('>', kept), ParseStatus::kMalformed) << name;
    EXPECT_EQ(talk.parser.transactions().size(), transactions + 1) << name;
  }
}

TEST(DcerpcParser, MemoryIsBounded) {
  Talk talk(DcerpcOptions{.max_transactions = 4, .max_stub = 10});
  for (unsigned i = 0; i < 20; ++i) {
    (void)talk.say('>', request("01", "01", "0102030405060708"));
    (void)talk.say('>', request("00", "01", "0102030405060708"));
  }
  std::size_t open = 0;
  for (const Transaction* tx : talk.parser.transactions()) {
    open += tx->progress[0] != TwoStates::kComplete ? 1u : 0u;
    const auto& exchange = static_cast<const DcerpcTransaction*>(tx)->exchange;
    EXPECT_LE(exchange.to_server.stub.size(), 10u);
  }
  EXPECT_LE(open, 4u);
}

TEST(DcerpcParser, RefusesWhatIsNoPdu) {
  for (const char* bytes :
       {"04000b0310000000 1800 0000 01000000", "0500ff0310000000 1800 0000 01000000",
        "05000b0310000000 0f00 0000 01000000"}) {
    Talk talk;
    EXPECT_EQ(talk.say('>', hex(bytes)), ParseStatus::kMalformed) << bytes;
  }
}

TEST(DcerpcDatagramParser, PairsByActivityAndSequence) {
  const auto datagram = [](std::string_view type, std::string_view sequence,
                           std::string_view body) {
    return concat({hex("04"), hex(type), hex("00 00 10 0000 00"),
                   hex("00000000000000000000000000000000"), kUuidBytes,
                   hex("4e32dcdd d803 4eaf 86ee 7650df599e40"), hex("00000000 01000000"),
                   hex(sequence), hex("0700 ffff ffff"), hex("0200 0000 00 00"), hex(body)});
  };
  Flow flow;
  DcerpcDatagramParser parser{DcerpcOptions{}};
  for (const auto& each : {datagram("00", "05000000", "0102"), datagram("00", "06000000", "0102"),
                           datagram("02", "05000000", "0102"), hex("0400")}) {
    (void)parser.feed({.flow = flow, .direction = Direction::kToServer, .bytes = each, .time = {}});
  }
  ASSERT_EQ(parser.transactions().size(), 2u);
  JsonWriter writer;
  writer.begin_object();
  write_metadata(flow, *parser.transactions()[0], writer);
  writer.end_object();
  EXPECT_EQ(writer.text(),
            R"({"dcerpc":{"request":"REQUEST","req":{"opnum":7,"frag_cnt":1,"stub_data_size":2},)"
            R"("response":"RESPONSE","res":{"frag_cnt":1,"stub_data_size":2},)"
            R"("activityuuid":"dddc324e-03d8-af4e-86ee-7650df599e40","seqnum":5,)"
            R"("rpc_version":"4.0"}})");
}

}  // namespace
}  // namespace culvert::dcerpc
