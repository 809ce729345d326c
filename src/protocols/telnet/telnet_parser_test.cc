#include "protocols/telnet/telnet_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace culvert::telnet {
namespace {

using Talk = std::vector<std::pair<Direction, std::string>>;
constexpr Direction kClient = Direction::kToServer, kServer = Direction::kToClient;

/// The frames of a direction but the pdus, as "ctl 0+3 data 3+2"; "?" for a length that is not known.
/// Each piece comes in bits of `step` bytes.
std::string frames_of(const Talk& talk, Direction of, std::size_t step = 1000) {
  Flow flow;
  TelnetParser parser;
  FrameList lists[2];
  std::uint64_t offsets[2] = {0, 0};
  for (const auto& [direction, text] : talk) {
    const std::size_t d = index_of(direction);
    for (std::size_t at = 0; at < text.size(); at += step) {
      const std::string piece = text.substr(at, step);
      EXPECT_NE(parser.feed({.flow = flow,
                             .direction = direction,
                             .bytes = as_bytes(piece),
                             .time = {},
                             .stream_offset = offsets[d],
                             .frames = &lists[d]}),
                ParseStatus::kMalformed);
      offsets[d] += piece.size();
    }
  }
  std::string text;
  for (const Frame& frame : lists[index_of(of)].frames()) {
    if (frame.type == kPduFrame) continue;
    if (!text.empty()) text += ' ';
    text += kFrameNames[frame.type];
    text += ' ' + std::to_string(frame.begin) + '+';
    text += frame.is_open() ? "?" : std::to_string(frame.length);
  }
  return text;
}

const struct {
  const char* name;
  Talk talk;
  Direction of;
  const char* frames;
} kCases[] = {
    {"commands of two and three bytes",
     {{kServer, "\xff\xfd\x01\xff\xf9"}},
     kServer,
     "ctl 0+3 ctl 3+2"},
    {"a subnegotiation with a doubled IAC",
     {{kServer, std::string("\xff\xfa\x18"
                            "ab\xff\xff\xff\xf0",
                            9)}},
     kServer,
     "ctl 0+7 ctl 7+2"},
    {"lines end with LF, whatever is in them",
     {{kClient, std::string("a\r\nb\nc\r\0\xff\xf1\r\n", 12)}},
     kClient,
     "data 0+3 data 3+2 data 5+7"},
    {"what has not ended", {{kServer, "ab"}}, kServer, "data 0+?"},
    {"a command that has not ended", {{kServer, "\xff\xfd"}}, kServer, "ctl 0+?"},
    {"a prompt ends behind its colon", {{kServer, "login: x"}}, kServer, "data 0+7 data 7+?"},
    {"lines and commands before a prompt belong to it",
     {{kServer, "hi\n\xff\xfd\x01login: you\n"}},
     kServer,
     "data 0+13 data 13+4"},
    {"one prompt until the client has answered",
     {{kServer, "login: "}, {kServer, "again: x"}},
     kServer,
     "data 0+7 data 7+?"},
    {"a prompt for the password",
     {{kServer, "login: "}, {kClient, "joe\r\n"}, {kServer, "password: "}},
     kServer,
     "data 0+7 data 7+10"},
    {"then no more",
     {{kServer, "login: "},
      {kClient, "joe\r\n"},
      {kServer, "password: "},
      {kClient, "x\n"},
      {kServer, "a: b"}},
     kServer,
     "data 0+7 data 7+10 data 17+?"},
    {"the client has no prompts", {{kClient, "a: b\n"}}, kClient, "data 0+5"},
};

TEST(TelnetParser, CutsCommandsLinesAndPrompts) {
  for (const auto& c : kCases) EXPECT_EQ(frames_of(c.talk, c.of), c.frames) << c.name;
}

TEST(TelnetParser, AnySplitGivesTheSameFrames) {
  for (const auto& c : kCases) {
    for (const std::size_t step : {1, 2, 3, 5}) {
      EXPECT_EQ(frames_of(c.talk, c.of, step), c.frames) << c.name << " by " << step;
    }
  }
}

}  // namespace
}  // namespace culvert::telnet
