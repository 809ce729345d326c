// SMB over NetBIOS sessions (RFC 1002 section 4.3) or TCP, which has the same four bytes in front
// of each record: a type, and a length of three bytes. A record holds messages.
//
//   [record header][ message                ][ message ...   ]
//                  [ fields ][ data of a file ]
//
// Messages are taken when they are there whole, but for data that are read or written: those go to
// their file as they come, so that nothing large is held.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "protocols/smb/smb_session.h"

namespace culvert::smb {

enum FrameType : std::uint8_t {
  kRecordFrame,
  kRecordHeaderFrame,
  kRecordDataFrame,
  kSmb1Frame,
  kSmb1HeaderFrame,
  kSmb1DataFrame,
  kSmb2Frame,
  kSmb2HeaderFrame,
  kSmb2DataFrame,
  kSmb3Frame,
  kSmb3HeaderFrame,
  kSmb3DataFrame
};
inline constexpr std::string_view kFrameNames[] = {
    "nbss.pdu", "nbss.hdr", "nbss.data", "smb1.pdu", "smb1.hdr", "smb1.data",
    "smb2.pdu", "smb2.hdr", "smb2.data", "smb3.pdu", "smb3.hdr", "smb3.data"};

class SmbParser final : public SmbSession {
 public:
  /// Of a message that carries no data, more than this is not looked at.
  static constexpr std::size_t kMostHeld = 128 * 1024;

  using SmbSession::SmbSession;
  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;

 private:
  struct Side {
    enum class State : std::uint8_t {
      kRecord,   ///< before or in a record's header
      kFront,    ///< before or in what tells a message's size
      kMessage,  ///< in what is held of a message
      kData,     ///< in data that go to a file or pipe
      kSkip,     ///< in what nobody wants
      kLost,     ///< after a gap: where a record begins is not known
    } state = State::kRecord;
    std::vector<std::byte> held;  ///< front of what `wanted` bytes are needed of
    std::size_t wanted = 4;
    std::uint64_t record_left = 0;  ///< from the message's begin, with what is held
    std::uint64_t message_size = 0;
    std::uint64_t taken = 0;  ///< of the message, not held any more
    MessageInfo info;
    DataPlan plan;
    std::vector<std::byte> pipe_data;
  };

  /// The next `wanted` bytes; none: they are not there yet, and what there is has been held.
  static Bytes take(Side& side, Bytes& rest);
  void on_record(const AppInput& input, Side& side, Bytes header, std::uint64_t offset);
  void on_front(const AppInput& input, Side& side, Bytes front, std::uint64_t offset);
  void on_message(const AppInput& input, Side& side, Bytes message);
  void on_data(const AppInput& input, Side& side, Bytes bytes);
  void lose_data(Side& side, std::uint64_t missing, Direction direction);
  void end_message(Side& side);
  /// Where a record begins in what came after a gap; its size: nowhere.
  static std::size_t find_record(Bytes bytes);

  std::array<Side, 2> sides_;
};

}  // namespace culvert::smb
