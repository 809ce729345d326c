#include "protocols/smb/smb_parser.h"

#include <algorithm>
#include <utility>

#include "base/byte_cursor.h"
#include "protocols/smb/smb1_message.h"
#include "protocols/smb/smb2_message.h"

namespace culvert::smb {
namespace {

constexpr std::size_t kRecordHeaderSize = 4;
constexpr std::uint8_t kSessionMessage = 0;
constexpr std::size_t kMagicSize = 4;
constexpr std::size_t kSmb3HeaderSize = 52;

enum class Magic : std::uint8_t { kNone, kSmb1, kSmb2, kSmb3 };
Magic magic_of(Bytes bytes) {
  const std::string_view text = as_text(bytes.first(std::min(bytes.size(), kMagicSize)));
  if (text == "\xffSMB") return Magic::kSmb1;
  if (text == "\xfeSMB") return Magic::kSmb2;
  if (text == "\xfdSMB") return Magic::kSmb3;
  return Magic::kNone;
}

void add_frames(const AppInput& input, FrameType first, std::uint64_t begin, std::uint64_t size,
                std::uint64_t header_size) {
  if (input.frames == nullptr) return;
  header_size = std::min(header_size, size);
  const auto type = [&](unsigned n) { return static_cast<std::uint8_t>(first + n); };
  input.frames->add(type(0), begin, size);
  input.frames->add(type(1), begin, header_size);
  input.frames->add(type(2), begin + header_size, size - header_size);
}

}  // namespace

ParseStatus SmbParser::feed(const AppInput& input) {
  time_ = input.time;
  Side& side = sides_[index_of(input.direction)];
  using State = Side::State;
  Bytes rest = input.bytes;
  while (!rest.empty()) {
    const std::uint64_t offset = input.offset_of(rest) - side.held.size();
    switch (side.state) {
      case State::kRecord:
      case State::kFront:
      case State::kMessage: {
        const Bytes bytes = take(side, rest);
        if (bytes.empty()) break;
        if (side.state == State::kRecord) {
          on_record(input, side, bytes, offset);
        } else if (side.state == State::kFront) {
          on_front(input, side, bytes, offset);
        } else {
          on_message(input, side, bytes);
        }
        break;
      }
      case State::kData:
      case State::kSkip: {
        const std::uint64_t left = side.message_size - side.taken;
        const Bytes bytes =
            rest.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, rest.size())));
        rest = rest.subspan(bytes.size());
        if (side.state == State::kData) on_data(input, side, bytes);
        side.taken += bytes.size();
        if (side.taken == side.message_size) end_message(side);
        break;
      }
      case State::kLost:
        rest = rest.subspan(find_record(rest));
        if (!rest.empty()) {
          side.state = State::kRecord;
          side.wanted = kRecordHeaderSize;
        }
        break;
    }
  }
  // Not "done" between records: rules on the raw stream see it in chunks, as in the reference.
  return ParseStatus::kNeedMore;
}

Bytes SmbParser::take(Side& side, Bytes& rest) {
  if (side.held.size() >= side.wanted) return Bytes(side.held).first(side.wanted);
  const std::size_t missing = side.wanted - side.held.size();
  const Bytes bytes = rest.first(std::min(missing, rest.size()));
  rest = rest.subspan(bytes.size());
  if (side.held.empty() && bytes.size() == side.wanted) return bytes;
  side.held.insert(side.held.end(), bytes.begin(), bytes.end());
  if (side.held.size() < side.wanted) return {};
  return side.held;
}

void SmbParser::on_record(const AppInput& input, Side& side, Bytes bytes, std::uint64_t offset) {
  ByteCursor in(bytes);
  const std::uint8_t type = in.u8();
  const std::uint32_t size = in.u24();
  side.held.clear();
  const bool known = type == kSessionMessage || (type >= 0x81 && type <= 0x85);
  if (!known) {
    raise(Event::kMalformedData);
    side.state = Side::State::kLost;
    return;
  }
  add_frames(input, kRecordFrame, offset, kRecordHeaderSize + size, kRecordHeaderSize);
  side.taken = 0;
  if (size == 0) return;
  if (type != kSessionMessage) {
    side.record_left = side.message_size = size;
    side.state = Side::State::kSkip;
    return;
  }
  side.record_left = size;
  side.state = Side::State::kFront;
  side.wanted = std::min<std::size_t>(size, kSmb2HeaderSize);
}

void SmbParser::on_front(const AppInput& input, Side& side, Bytes front, std::uint64_t offset) {
  using State = Side::State;
  side.message_size = side.record_left;
  side.taken = 0;
  std::size_t head = 0;  // of a message that carries data
  bool known = false;
  switch (magic_of(front)) {
    case Magic::kSmb1:
      if (const auto info = parse_smb1_header(front)) {
        side.info = *info;
        known = true;
        if (smb1_carries_data(*info)) head = kSmb1DataHeadSize;
      }
      add_frames(input, kSmb1Frame, offset, side.message_size, kSmb1HeaderSize);
      break;
    case Magic::kSmb2:
      if (const auto header = parse_smb2_header(front)) {
        side.info = header->info;
        known = true;
        if (header->next >= kSmb2HeaderSize && header->next < side.record_left) {
          side.message_size = header->next;
        }
        head = smb2_data_head_size(header->info);
      }
      add_frames(input, kSmb2Frame, offset, side.message_size, kSmb2HeaderSize);
      break;
    case Magic::kSmb3:
      add_frames(input, kSmb3Frame, offset, side.message_size, kSmb3HeaderSize);
      break;
    case Magic::kNone:
      break;
  }
  const std::size_t had = front.size();
  if (!known) {
    side.held.clear();
    side.taken = had;
    side.state = State::kSkip;
    if (side.taken == side.message_size) end_message(side);
    return;
  }
  const std::uint64_t most = head != 0 ? head : kMostHeld;
  side.wanted = static_cast<std::size_t>(std::min(side.message_size, most));
  side.state = State::kMessage;
  if (side.held.empty()) side.held.assign(front.begin(), front.end());
  if (side.wanted <= side.held.size()) {  // there is no more to wait for
    const std::vector<std::byte> message = std::exchange(side.held, {});
    on_message(input, side, Bytes(message).first(side.wanted));
  }
}

void SmbParser::on_message(const AppInput& input, Side& side, Bytes message) {
  const Direction direction = input.direction;
  const bool is_reversed = side.info.is_response != (direction == Direction::kToClient);
  side.plan = {};
  if (is_reversed) {
    raise(side.info.is_response ? Event::kResponseToServer : Event::kRequestToClient);
  } else if (side.info.version == 1) {
    side.plan = take_smb1(*this, side.info, message);
  } else {
    side.plan = take_smb2(*this, side.info, message);
  }
  const bool has_data = side.plan.sink != DataPlan::Sink::kNone;
  side.state = has_data ? Side::State::kData : Side::State::kSkip;
  // Data that begin among what was held: they are asked for by their place in the message.
  if (has_data && side.plan.begin < message.size()) {
    side.taken = side.plan.begin;
    on_data(input, side, message.subspan(side.plan.begin));
  }
  side.taken = message.size();
  side.held.clear();
  if (side.taken == side.message_size) end_message(side);
}

/// Bytes of a message at `taken`: those that are data go where the plan says.
void SmbParser::on_data(const AppInput& input, Side& side, Bytes bytes) {
  DataPlan& plan = side.plan;
  if (side.taken < plan.begin) {
    const std::uint64_t padding = plan.begin - side.taken;
    if (padding >= bytes.size()) return;
    bytes = bytes.subspan(static_cast<std::size_t>(padding));
  }
  const std::uint64_t done = side.taken > plan.begin ? side.taken - plan.begin : 0;
  if (done >= plan.size) return;
  bytes = bytes.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), plan.size - done)));
  if (plan.sink == DataPlan::Sink::kUndecided) {
    side.pipe_data.insert(side.pipe_data.end(), bytes.begin(), bytes.end());
    if (side.pipe_data.size() < std::min<std::uint64_t>(plan.size, dcerpc::Header::kSize)) return;
    const std::vector<std::byte> front = std::exchange(side.pipe_data, {});
    if (dcerpc::Header::parse(front)) {
      plan.sink = DataPlan::Sink::kPipe;
      side.pipe_data = front;
    } else {
      plan_file(plan);
      take_data(plan, 0, front, input.direction);
    }
    return;
  }
  if (plan.sink == DataPlan::Sink::kFile) {
    take_data(plan, done, bytes, input.direction);
  } else if (side.pipe_data.size() + bytes.size() <= kMostHeldOfPipe) {
    side.pipe_data.insert(side.pipe_data.end(), bytes.begin(), bytes.end());
  }
}

void SmbParser::end_message(Side& side) {
  if (side.state == Side::State::kData && side.plan.sink == DataPlan::Sink::kPipe) {
    take_call(side.plan.info, side.plan.id, side.pipe_data);
    std::vector<std::byte>().swap(side.pipe_data);
  }
  side.record_left -= side.message_size;
  side.taken = 0;
  if (side.record_left >= kMagicSize) {
    side.state = Side::State::kFront;
    side.wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(side.record_left, kSmb2HeaderSize));
  } else if (side.record_left != 0) {
    side.message_size = side.record_left;
    side.state = Side::State::kSkip;
  } else {
    side.state = Side::State::kRecord;
    side.wanted = kRecordHeaderSize;
  }
}

void SmbParser::lose_data(Side& side, std::uint64_t missing, Direction direction) {
  const DataPlan& plan = side.plan;
  const std::uint64_t end = side.taken + missing;
  const std::uint64_t from = std::max<std::uint64_t>(side.taken, plan.begin) - plan.begin;
  const std::uint64_t to =
      end > plan.begin ? std::min<std::uint64_t>(end - plan.begin, plan.size) : 0;
  if (to > from) SmbSession::lose_data(plan, from, to - from, direction);
}

ParseStatus SmbParser::gap(const AppInput& input, std::size_t missing) {
  using State = Side::State;
  Side& side = sides_[index_of(input.direction)];
  if (side.state == State::kFront || side.state == State::kMessage) {
    // What is held of the message is of no use; the record's end is known.
    if (side.state == State::kFront) side.message_size = side.record_left;
    side.taken = side.held.size();
    side.held.clear();
    side.state = State::kSkip;
  }
  if (side.state == State::kData || side.state == State::kSkip) {
    const std::uint64_t left = side.message_size - side.taken;
    const std::uint64_t lost = std::min<std::uint64_t>(left, missing);
    if (side.state == State::kData) lose_data(side, lost, input.direction);
    if (missing < left || (missing == left && side.record_left == side.message_size)) {
      side.taken += missing;
      if (side.plan.sink == DataPlan::Sink::kPipe) side.state = State::kSkip;
      if (side.taken == side.message_size) end_message(side);
      return ParseStatus::kNeedMore;
    }
  }
  std::vector<std::byte>().swap(side.pipe_data);
  side.held.clear();
  side.state = State::kLost;
  return ParseStatus::kNeedMore;
}

std::size_t SmbParser::find_record(Bytes bytes) {
  const std::string_view text = as_text(bytes);
  for (std::size_t at = text.find("SMB"); at != text.npos; at = text.find("SMB", at + 1)) {
    if (at < kRecordHeaderSize + 1) continue;
    const std::size_t begin = at - kRecordHeaderSize - 1;
    if (bytes[begin] == std::byte{0} && magic_of(bytes.subspan(at - 1)) != Magic::kNone)
      return begin;
  }
  return bytes.size();
}

}  // namespace culvert::smb
