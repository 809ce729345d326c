#include "protocols/telnet/telnet_parser.h"

#include <algorithm>

namespace culvert::telnet {
namespace {

constexpr std::byte kIac{255}, kSubnegotiationBegin{250}, kSubnegotiationEnd{240};
constexpr std::byte kWill{251}, kDont{254};

}  // namespace

ParseStatus TelnetParser::feed(const AppInput& input) {
  Side& side = sides_[index_of(input.direction)];
  Bytes rest = input.bytes;
  while (!rest.empty()) {
    // Of a line only its end is of interest.
    if (side.state == State::kLine && !expects_prompt(input.direction)) {
      const auto lf = std::ranges::find(rest, std::byte{'\n'});
      rest = rest.subspan(static_cast<std::size_t>(lf - rest.begin()));
      if (rest.empty()) break;
    }
    const std::uint64_t offset = input.offset_of(rest);
    step(side, rest.front(), input, offset);
    rest = rest.subspan(1);
  }
  return side.state == State::kBetween ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

void TelnetParser::step(Side& side, std::byte byte, const AppInput& input, std::uint64_t offset) {
  switch (side.state) {
    case State::kBetween:
      side.state = byte == kIac ? State::kCommand : State::kLine;
      side.after_colon = false;
      begin(side, byte == kIac ? kControlFrame : kDataFrame, input, offset);
      if (side.state == State::kLine) step(side, byte, input, offset);
      return;
    case State::kLine: {
      const bool after_colon = side.after_colon;
      side.after_colon = byte == std::byte{':'};
      if (expects_prompt(input.direction)) {  // with all that is before it, as in the reference
        if (!after_colon || byte != std::byte{' '}) return;
        end(side, input, offset + 1);
        login_ = login_ == Login::kNamePrompt ? Login::kName : Login::kPassword;
      } else if (byte == std::byte{'\n'}) {
        end(side, input, offset + 1);
        on_line(input.direction);
      }
      return;
    }
    case State::kCommand:
      if (byte == kSubnegotiationBegin) {
        side.state = State::kSubnegotiation;
      } else if (byte >= kWill && byte <= kDont) {
        side.state = State::kOption;
      } else {
        end(side, input, offset + 1);
      }
      return;
    case State::kOption:
      end(side, input, offset + 1);
      return;
    case State::kSubnegotiation:
      if (byte == kIac) side.state = State::kSubnegotiationIac;
      return;
    case State::kSubnegotiationIac:
      if (byte == kSubnegotiationEnd) {  // a command of its own
        end(side, input, offset - 1);
        begin(side, kControlFrame, input, offset - 1);
        end(side, input, offset + 1);
      } else {  // IAC IAC is a byte 255
        side.state = State::kSubnegotiation;
      }
      return;
  }
}

void TelnetParser::begin(Side& side, FrameType type, const AppInput& input, std::uint64_t offset) {
  if (input.frames == nullptr) return;
  side.frames = {input.frames->add(kPduFrame, offset), input.frames->add(type, offset)};
}

void TelnetParser::end(Side& side, const AppInput& input, std::uint64_t end) {
  side.state = State::kBetween;
  if (input.frames == nullptr) return;
  for (const std::uint32_t id : side.frames) input.frames->close(id, end);
}

bool TelnetParser::expects_prompt(Direction direction) const {
  return direction == Direction::kToClient &&
         (login_ == Login::kNamePrompt || login_ == Login::kPasswordPrompt);
}

/// The client has answered a prompt.
void TelnetParser::on_line(Direction direction) {
  if (direction != Direction::kToServer) return;
  if (login_ == Login::kName) {
    login_ = Login::kPasswordPrompt;
  } else if (login_ == Login::kPassword) {
    login_ = Login::kDone;
  }
}

ParseStatus TelnetParser::gap(const AppInput& /*input*/, std::size_t /*missing*/) {
  return ParseStatus::kNeedMore;
}

bool TelnetParser::recycle() {
  sides_ = {};
  login_ = Login::kNamePrompt;
  return true;
}

}  // namespace culvert::telnet
