#include "protocols/websocket/websocket_keywords.h"

#include <gtest/gtest.h>

#include "protocols/text/keyword_testing.h"
#include "protocols/websocket/websocket_parser.h"

namespace culvert::websocket {
namespace {

TEST(WebsocketKeywords, AskFrames) {
  WebsocketTransaction tx;
  tx.flags = kFin;
  tx.opcode = kText;
  tx.mask = 0x01020304;
  const struct {
    const char* name;
    const char* argument;
    const char* expected;
  } cases[] = {
      {"websocket.opcode", "text", "yes"},     {"websocket.opcode", "1", "yes"},
      {"websocket.opcode", "!text", "no"},     {"websocket.opcode", "ping", "no"},
      {"websocket.opcode", "foo", "refused"},  {"websocket.mask", ">0", "yes"},
      {"websocket.mask", "0x01020304", "yes"}, {"websocket.mask", "5", "no"},
      {"websocket.flags", "fin", "yes"},       {"websocket.flags", "!fin", "no"},
      {"websocket.flags", "fin,!comp", "yes"}, {"websocket.flags", "comp", "no"},
      {"websocket.flags", "128", "yes"},       {"websocket.flags", "64", "no"},
      {"websocket.flags", "foo", "refused"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(ask_keyword(kWebsocketKeywords, each.name, each.argument, tx), each.expected)
        << each.name << ":" << each.argument;
  }
  tx.mask.reset();
  EXPECT_EQ(ask_keyword(kWebsocketKeywords, "websocket.mask", ">0", tx), "no");
  const Flow flow;
  EXPECT_EQ(read_buffer(kWebsocketBuffers, "websocket.payload", flow, tx), "[]");
}

}  // namespace
}  // namespace culvert::websocket
