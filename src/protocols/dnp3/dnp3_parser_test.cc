#include "protocols/dnp3/dnp3_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/talk_testing.h"
#include "protocols/dnp3/dnp3_keywords.h"
#include "protocols/dnp3/dnp3_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::dnp3 {
namespace {

using Data = std::vector<std::byte>;

Data with_crc(Bytes bytes) {
  const std::uint16_t crc = link_crc(bytes);
  const Data tail = {std::byte(crc & 0xff), std::byte(crc >> 8)};
  return concat({bytes, tail});
}
/// A frame with that user data; the master's control is c4, an outstation's 44.
Data frame(std::string_view control, std::string_view user_data) {
  const Data user = hex(user_data);
  const Data length = {std::byte(5 + user.size())};
  Data out = with_crc(concat({hex("0564"), length, hex(control), hex("0200 0300")}));
  for (std::size_t at = 0; at < user.size(); at += 16) {
    const Bytes block = Bytes(user).subspan(at, std::min<std::size_t>(16, user.size() - at));
    out = concat({out, with_crc(block)});
  }
  return out;
}

struct Talk : ParserTalk<kDnp3Protocol, Dnp3Parser, Dnp3Transaction, Dnp3Options> {
  using ParserTalk::ParserTalk;
  /// The points of the first object.
  std::string points(std::size_t i) {
    const std::string text = json(i);
    const std::size_t begin = text.find("\"points\":");
    if (begin == text.npos) return "none";
    return text.substr(begin + 9, text.find(']', begin) - begin - 8);
  }
};

constexpr std::string_view kRead =
    R"({"dnp3":{"request":{"type":"request","control":{"dir":true,"pri":true,"fcb":false,)"
    R"("fcv":false,"function_code":4},"src":3,"dst":2,"application":{"control":{"fir":true,)"
    R"("fin":true,"con":false,"uns":false,"sequence":1},"function_code":1,"objects":[{"group":60,)"
    R"("variation":2,"qualifier":6,"prefix_code":0,"range_code":6,"start":0,"stop":0,"count":0},)"
    R"({"group":60,"variation":3,"qualifier":6,"prefix_code":0,"range_code":6,"start":0,"stop":0,)"
    R"("count":0}],"complete":true}}}})";

TEST(Dnp3Parser, AnySplitGivesTheSame) {
  // The second message comes in two segments.
  const Data client = concat({frame("c4", "c0 c1 01 3c0206 3c0306"), frame("c4", "41 c1 01 3c0206"),
                              frame("c9", ""), frame("c4", "82 3c0306")});
  for_each_chop(client, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    for (const Bytes piece : pieces) talk.say('>', piece);
    ASSERT_EQ(talk.count(), 2u);
    EXPECT_EQ(talk.json(0), kRead);
    EXPECT_EQ(talk.json(1), kRead);
  });
  Talk talk;
  talk.say('<', frame("44", "c0 f0 82 8080 02012801000000 81"));
  ASSERT_EQ(talk.count(), 1u);
  EXPECT_EQ(
      talk.json(0),
      R"({"dnp3":{"response":{"type":"unsolicited_response","control":{"dir":false,"pri":true,)"
      R"("fcb":false,"fcv":false,"function_code":4},"src":3,"dst":2,"application":{"control":{)"
      R"("fir":true,"fin":true,"con":true,"uns":true,"sequence":0},"function_code":130,)"
      R"("objects":[{"group":2,"variation":1,"qualifier":40,"prefix_code":2,"range_code":8,)"
      R"("start":0,"stop":0,"count":1,"points":[{"prefix":0,"index":0,"state":129}]}],)"
      R"("complete":true},"iin":{"indicators":["device_restart","reserved_1"]}}}})");
}

TEST(Dnp3Parser, ReadsPoints) {
  const struct {
    const char* name;
    const char* objects;
    const char* points;
    const char* events;
  } cases[] = {
      {"bits", "0a01 00 0405 02",
       R"([{"prefix":0,"index":4,"state":0},{"prefix":0,"index":5,"state":1}])", ""},
      {"two bits", "0301 00 0001 0d",
       R"([{"prefix":0,"index":0,"state":1},{"prefix":0,"index":1,"state":3}])", ""},
      {"signed, flags", "1e02 00 0505 03 feff",
       R"([{"prefix":0,"index":5,"online":1,"restart":1,"comm_lost":0,"remote_forced":0,)"
       R"("local_forced":0,"over_range":0,"reference_err":0,"reserved0":0,)"
       R"("value":18446744073709551614}])",
       ""},
      {"a float", "2203 07 01 0000c03f", R"([{"prefix":0,"index":0,"deadband_value":1.5}])", ""},
      {"a command", "0c01 17 01 09 41 02 03000000 04000000 80",
       R"([{"prefix":9,"index":9,"op_type":1,"qu":0,"cr":0,"tcc":1,"count":2,"ontime":3,)"
       R"("offtime":4,"status_code":0,"reserved":1}])",
       ""},
      {"a file", "4605 5b 01 0a00 01000000 02000000 6162",
       R"([{"prefix":10,"index":0,"size":10,"file_handle":1,"block_number":2,"file_data":"ab"}])",
       ""},
      {"authentication", "7801 5b 01 0a00 01000000 0200 03 04 6368",
       R"([{"prefix":10,"index":0,"size":10,"csq":1,"usr":2,"mal":3,"reason":4,)"
       R"("data->challenge_data":"Y2g="}])",
       ""},
      {"a file that is longer than its object", "4605 5b 01 0400 01000000 02000000", "none",
       "unknown_object"},
      {"a point that is missing", "3201 07 02 000000000000",
       R"([{"prefix":0,"index":0,"timestamp":0}])", "unknown_object"},
      {"a group that there is not", "6301 07 01 00", "none", "unknown_object"},
      {"of which there are none", "6301 06", "none", ""},
      {"a range that ends before it begins", "0102 00 0501", "none", "too_many_points"},
      {"a header cut short", "0102", "none", ""},
  };
  for (const auto& c : cases) {
    Talk talk;
    talk.say('>', frame("c4", "c0 c0 02" + std::string(c.objects)));
    ASSERT_EQ(talk.count(), 1u) << c.name;
    EXPECT_EQ(talk.points(0), c.points) << c.name;
    EXPECT_EQ(talk.events(0), c.events) << c.name;
  }
}

TEST(Dnp3Parser, RaisesEvents) {
  Data bad_header = frame("c4", "c0 c0 01"), bad_data = bad_header;
  bad_header[8] ^= std::byte(1);
  bad_data[11] ^= std::byte(1);
  const struct {
    const char* name;
    char who;
    Data bytes;
    const char* events;
  } cases[] = {
      {"a wrong checksum", '>', bad_header, "bad_link_crc"},
      {"a wrong checksum of data", '>', bad_data, "bad_transport_crc"},
      {"a frame without control", '>', hex("0564 04 c4 0200 0300 0000"), "len_too_small"},
      {"no function", '>', frame("c4", "c0 c0"), "len_too_small"},
      {"no indications", '<', frame("44", "c0 c0 81 00"), "len_too_small"},
  };
  for (const auto& c : cases) {
    Talk talk;
    EXPECT_EQ(talk.say(c.who, concat({c.bytes, frame("c4", "c0 c0 01 0000")})), ParseStatus::kDone);
    ASSERT_EQ(talk.count(), 2u) << c.name;
    EXPECT_EQ(talk.events(0), c.events) << c.name;
    EXPECT_EQ(talk.json(0), R"({"dnp3":{}})") << c.name;
    EXPECT_TRUE(talk.tx(1).is_reassembled) << c.name;
  }
  Talk lost;
  EXPECT_EQ(lost.say('>', hex("0565 05 c4 0200 0300 0000")), ParseStatus::kMalformed);
}

TEST(Dnp3Parser, KeepsWithinItsLimits) {
  Talk objects({.objects = {.max_objects = 2, .max_points = 3}});
  objects.say('>', frame("c4", "c0 c0 01 3c0206 3c0306 3c0406"));
  objects.say('>', frame("c4", "c0 c0 02 0102 07 02 0000 0102 07 02 0000"));
  EXPECT_EQ(objects.events(0), "too_many_objects");
  EXPECT_EQ(objects.events(1), "too_many_points");

  Talk flood({.max_transactions = 2, .objects = {}});
  for (int i = 0; i < 3; ++i) flood.say('>', frame("c4", "c0 c0 01"));
  EXPECT_EQ(flood.count(), 2u);
  EXPECT_EQ(flood.events(1), "flooded");

  Talk longest;
  std::string filler;
  for (int i = 0; i < 249; ++i) filler += "41";
  for (unsigned i = 0; i < 70; ++i) {
    const Data transport = {std::byte((i == 0 ? 0x40 : 0) | i % 64)};
    longest.say('>', frame("c4", to_hex(transport) + filler));
  }
  ASSERT_EQ(longest.count(), 1u);
  EXPECT_EQ(longest.events(0), "too_long_reassembly");
}

TEST(Dnp3Parser, SegmentsFollowEachOther) {
  Talk talk;
  talk.say('>', frame("c4", "81 3c0306"));  // of nothing
  talk.say('>', frame("c4", "41 c1 01 3c0206"));
  talk.say('>', frame("c4", "85 3c0306"));  // not the next one
  ASSERT_EQ(talk.count(), 1u);
  EXPECT_FALSE(talk.tx(0).is_reassembled);
  talk.parser.free_transaction(&talk.tx(0));
  talk.say('>', frame("c4", "82 3c0306"));
  EXPECT_EQ(talk.count(), 0u);
  talk.say('>', frame("c4", "c0 d0 00"));  // a confirmation
  EXPECT_EQ(talk.count(), 0u);
}

TEST(Dnp3Keywords, AskMessages) {
  Talk talk;
  talk.say('>', frame("c4", "c0 c1 01 3c0206 3c0306"));
  talk.say('<', frame("44", "c0 c1 81 9000"));
  const auto ask = [&](std::size_t i, std::string_view name, std::string_view argument) {
    return ask_keyword(kDnp3Keywords, name, argument, talk.tx(i));
  };
  EXPECT_EQ(ask(0, "dnp3_func", "1"), "yes");
  EXPECT_EQ(ask(0, "dnp3_func", "READ"), "yes");
  EXPECT_EQ(ask(1, "dnp3_func", "response"), "yes");
  EXPECT_EQ(ask(1, "dnp3_func", "read"), "no");
  EXPECT_EQ(ask(0, "dnp3_func", ">1"), "refused");
  EXPECT_EQ(ask(1, "dnp3_ind", "device_restart"), "yes");
  EXPECT_EQ(ask(1, "dnp3_ind", "class_1_events, need_time"), "yes");
  EXPECT_EQ(ask(1, "dnp3_ind", "class_1_events"), "no");
  EXPECT_EQ(ask(1, "dnp3_ind", "0x1000"), "yes");
  EXPECT_EQ(ask(1, "dnp3_ind", "late"), "refused");
  EXPECT_EQ(ask(0, "dnp3_obj", "60,3"), "yes");
  EXPECT_EQ(ask(0, "dnp3_obj", "60, 4"), "no");
  EXPECT_EQ(ask(0, "dnp3_obj", "60"), "refused");
  const auto data = read_buffer(kDnp3Buffers, "dnp3.data", talk.flow, talk.tx(1));
  EXPECT_EQ(to_hex(as_bytes(data)), "5bc18190005d");  // in brackets
}

}  // namespace
}  // namespace culvert::dnp3
