#include "protocols/modbus/modbus_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/talk_testing.h"
#include "protocols/modbus/modbus_keyword.h"
#include "protocols/modbus/modbus_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::modbus {
namespace {

/// Unit 1, protocol 0.
std::vector<std::byte> message(unsigned id, std::string_view body) {
  const auto bytes = hex(body);
  const std::vector<std::byte> head = {std::byte(0), std::byte(id), std::byte(0), std::byte(0),
                                       std::byte(0), std::byte(bytes.size() + 1), std::byte(1)};
  return concat({head, bytes});
}

struct Talk : ParserTalk<kModbusProtocol, ModbusParser, ModbusTransaction, ModbusOptions> {
  explicit Talk(std::uint32_t flood = 500) : ParserTalk(ModbusOptions{flood}) {}
};

TEST(ModbusParser, AnySplitGivesTheSame) {
  const auto client = concat({message(1, "01 0013 0013"), message(2, "10 0001 0002 04 000a0102")});
  const auto server = concat({message(2, "10 0001 0002"), message(1, "81 02")});
  for_each_chop(client, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    for (const Bytes piece : pieces) talk.say('>', piece);
    ASSERT_EQ(talk.count(), 2u);
    EXPECT_EQ(talk.tx(0).progress[1], 0);
    for_each_chop(server, [&](const std::vector<Bytes>& answers) {
      Talk whole;
      whole.say('>', client);
      for (const Bytes piece : answers) whole.say('<', piece);
      ASSERT_EQ(whole.count(), 2u);
      EXPECT_EQ(
          whole.json(0),
          R"({"modbus":{"id":1,"request":{"transaction_id":1,"protocol_id":0,"unit_id":1,)"
          R"("function_raw":1,"function_code":"RdCoils","access_type":"READ | COILS",)"
          R"("category":"PUBLIC_ASSIGNED","error_flags":"NONE","read":{"address":19,"quantity":19}},)"
          R"("response":{"transaction_id":1,"protocol_id":0,"unit_id":1,"function_raw":129,)"
          R"("function_code":"RdCoils","access_type":"READ | COILS","category":"PUBLIC_ASSIGNED",)"
          R"("error_flags":"NONE","exception":{"raw":2,"code":"IllegalDataAddr"}}}})");
      EXPECT_NE(whole.json(1).find(
                    R"("write":{"address":1,"quantity":2,"data":"\u0000\n\u0001\u0002"}},)"),
                std::string::npos);
      EXPECT_NE(whole.json(1).find(R"("write":{"address":1,"data":2}}}})"), std::string::npos);
      EXPECT_EQ(whole.events(0) + whole.events(1), "");
    });
  });
}

TEST(ModbusParser, RaisesWhatIsWrong) {
  const struct {
    const char* name;
    const char* request;
    const char* response;
    const char* events;
  } cases[] = {
      {"coils", "01 006b 0009", "01 02 022b", ""},
      {"too few coils", "01 006b 0009", "01 01 02", "value_mismatch"},
      {"registers, counted like coils", "03 006b 0003", "03 06 022b00000064", "value_mismatch"},
      {"a byte count that is not so", "01 0000 0008", "01 02 ff", "value_mismatch"},
      {"no coils", "01 0013 0000", "01 00", "invalid_value"},
      {"too many registers", "03 0013 007e", "83 03", "invalid_value"},
      {"a coil that is neither on nor off", "05 00ac 1234", "05 00ac 1234", "invalid_value"},
      {"another value", "06 0001 0003", "06 0001 0004", "value_mismatch"},
      {"another mask", "16 0004 00f2 0025", "16 0004 00f2 0026", "value_mismatch"},
      {"another quantity", "0f 0013 000a 02 cd01", "0f 0013 000b", "value_mismatch"},
      {"a byte count too high", "0f 0013 000a 03 cd01", "0f 0013 000a",
       "invalid_length invalid_value"},
      {"nothing to write", "0f 0013 000a 02", "8f 03", "invalid_length"},
      {"a request cut short", "01 00", "81 03", "invalid_length"},
      {"bytes behind a request", "01 0000 0008 00", "01 01 ff", "invalid_length"},
      {"a function 0", "00", "00", "invalid_function_code"},
      {"a request that is an exception", "81 0000 0008", "01 01 ff", "invalid_function_code"},
      {"an exception that is none", "01 0000 0008", "81 09", "invalid_exception_code"},
      {"an exception without code", "01 0000 0008", "81", "value_mismatch"},
      {"a diagnostic with a value", "08 0002 0001", "88 03", "invalid_value"},
      {"a diagnostic's echo", "08 0000 a537", "08 0000 a537", ""},
      {"a function without a name", "41 00", "41 00", ""},
      {"read and write", "17 0003 0006 000e 0003 06 00ff00ff00ff",
       "17 0c 00fe0acd0001000300 0d00ff", ""},
  };
  for (const auto& c : cases) {
    Talk talk;
    talk.say('>', message(1, c.request));
    talk.say('<', message(1, c.response));
    ASSERT_EQ(talk.count(), 1u) << c.name;
    EXPECT_EQ(talk.events(0), c.events) << c.name;
    EXPECT_FALSE(talk.json(0).empty());
  }
}

TEST(ModbusParser, ResponsesFindTheirRequest) {
  const std::pair<const char*, std::vector<std::byte>> strangers[] = {
      {"another id", message(2, "01 01 ff")},
      {"another function", message(1, "02 01 ff")},
      {"another unit", hex("0001 0000 0004 02 01 01 ff")},
      {"a length that cannot be", hex("0001 0000 0001 02")},
  };
  for (const auto& [name, bytes] : strangers) {
    Talk talk;
    talk.say('>', message(1, "01 0000 0008"));
    talk.say('<', bytes);
    ASSERT_EQ(talk.count(), 2u) << name;
    EXPECT_NE(talk.events(1).find("unsolicited_response"), std::string::npos) << name;
    EXPECT_EQ(talk.tx(0).progress[1], 0) << name;
  }
}

TEST(ModbusParser, LosesWhatCameWithALengthThatCannotBe) {
  Talk talk;
  talk.say('>', concat({hex("0002 0000 00ff 01 01 0000 0008"), message(3, "01 0000 0008")}));
  talk.say('>', message(4, "01 0000 0008"));
  ASSERT_EQ(talk.count(), 2u);
  EXPECT_EQ(talk.events(0), "invalid_length");
  EXPECT_EQ(talk.tx(1).request->transaction, 4);
  EXPECT_EQ(talk.parser.gap(
                {.flow = talk.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}}, 9),
            ParseStatus::kMalformed);
}

TEST(ModbusParser, TellsAFloodOnce) {
  Talk talk(3);
  for (unsigned i = 0; i < 9; ++i) talk.say('>', message(i, "01 0000 0008"));
  ASSERT_EQ(talk.count(), 4u);
  EXPECT_EQ(talk.events(2), "");
  EXPECT_EQ(talk.events(3), "flooded");
  talk.say('<', concat({message(0, "01 01 ff"), message(1, "01 01 ff"), message(2, "01 01 ff")}));
  talk.say('>', message(9, "01 0000 0008"));
  EXPECT_EQ(talk.count(), 5u);
}

TEST(ModbusKeyword, AsksRequests) {
  const struct {
    const char* argument;
    const char* request;
    const char* answer;
  } cases[] = {
      {"function 3", "03 006b 0003", "yes"},
      {"function 3", "04 006b 0003", "no"},
      {"function 8, subfunction 4", "08 0004 0000", "yes"},
      {"function 8, subfunction 4", "08 0002 0000", "no"},
      {"function assigned", "03 006b 0003", "yes"},
      {"function public", "1a", "yes"},
      {"function user", "41 00", "yes"},
      {"function !reserved", "5a 00", "no"},
      {"function !reserved", "41 00", "yes"},
      {"unit >0, function 3", "03 006b 0003", "yes"},
      {"unit 2", "03 006b 0003", "no"},
      {"access read", "17 0003 0006 000e 0003 06 00ff00ff00ff", "yes"},
      {"access write coils", "06 0001 0003", "no"},
      {"access read holding, address 107", "03 006b 0003", "no"},  // that is the wire's 106
      {"access read holding, address 110", "03 006b 0003", "yes"},
      {"access read holding, address 111", "03 006b 0003", "no"},
      {"access read holding, address 100<>109", "03 006b 0003", "yes"},
      {"access read holding, address <108", "03 006b 0003", "no"},
      {"access write holding, address 15, value >60", "06 000e 00ff", "yes"},
      {"access write holding, address 16, value <255", "10 000e 0002 04 00ff0040", "yes"},
      {"access write holding, address 15, value <255", "10 000e 0002 04 00ff0040", "no"},
      {"access write holding, address 15", "16 000e 00f2 0025", "yes"},
      {"access write coils, address 20, value 1", "0f 0013 000a 02 cd01", "yes"},
      {"access write coils, address 21, value 1", "0f 0013 000a 02 cd01", "no"},
      {"access write coils, address 29, value 0", "0f 0013 000a 02 cd", "no"},
      {"function 0", "03 006b 0003", "refused"},
      {"function 256", "03 006b 0003", "refused"},
      {"function 3, unit 1", "03 006b 0003", "refused"},
      {"access write input", "03 006b 0003", "refused"},
      {"access read holding, value 3", "03 006b 0003", "refused"},
      {"access read holding, address 3<>4", "03 006b 0003", "refused"},
      {"address 3", "03 006b 0003", "refused"},
      {"", "03 006b 0003", "refused"},
  };
  for (const auto& c : cases) {
    Talk talk;
    talk.say('>', message(1, c.request));
    ASSERT_EQ(talk.count(), 1u) << c.argument;
    EXPECT_EQ(ask_keyword(kModbusKeywords, "modbus", c.argument, talk.tx(0)), c.answer)
        << c.argument << " of " << c.request;
  }
}

}  // namespace
}  // namespace culvert::modbus
