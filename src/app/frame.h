// Frames: stretches of a stream, or of a datagram, that a parser has given a name, such as a TLS
// record's header ("tls.hdr") or a client's line ("smtp.command_line"). A frame is a place, not bytes:
// those stay with the stream, where rules (`frame:tls.pdu`) and EVE records look at them.
//
//     stream   [hdr][   data   ][hdr][  da...      each with its type, begin, length
//              [     pdu       ][  pdu ...         a length may not be known yet
//
// Frames are kept only for protocols of which rules or outputs want them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace culvert {

/// The type of the frame that is the whole stream: rules name it `stream`, for each protocol on TCP.
/// Other types are indexes of ProtocolSpec::frames.
inline constexpr std::uint8_t kStreamFrame = 0xff;

struct Frame {
  static constexpr std::uint64_t kOpen = ~std::uint64_t{0};
  static constexpr std::uint64_t kNoTransaction = ~std::uint64_t{0};

  std::uint64_t begin = 0;        ///< offset in the direction's stream, or in the datagram
  std::uint64_t length = kOpen;   ///< kOpen: not known yet
  std::uint64_t transaction = kNoTransaction;  ///< Transaction::id that it belongs to
  std::uint64_t inspected = 0;    ///< bytes from `begin` on that rules have been shown
  std::uint32_t id = 0;           ///< counts from 1 in its direction
  std::uint8_t type = 0;
  bool is_seen = false;           ///< rules have been shown some of it
  bool is_over = false;           ///< there will be no more to show
  bool is_logged = false;

  bool is_open() const { return length == kOpen; }
  std::uint64_t end() const { return is_open() ? kOpen : begin + length; }
};

/// How far the bytes of a direction can be looked at.
struct FrameReach {
  std::uint64_t limit = 0;   ///< offset behind the last byte that may be shown
  std::uint64_t edge = 0;    ///< behind the last that has been seen at all
  bool is_inline = false;    ///< bytes are shown as they come, with some before them
  bool has_ended = false;    ///< there will be no more
};

/// Bytes of a frame that are to be looked at now.
struct FrameWindow {
  std::uint64_t from = 0, to = 0;  ///< offsets as in Frame::begin
  bool is_last = false;            ///< `to` is the frame's end
};

/// Fewer new bytes of a frame that goes on are not worth a look. Inline: how many of those before come
/// along.
inline constexpr std::uint64_t kFrameChunk = 2500;

/// Nothing: it waits for more.
std::optional<FrameWindow> window_of(const Frame& frame, const FrameReach& reach);

/// Those of one direction of a flow that have not been looked at whole, in the order of their begin of
/// life.
class FrameList {
 public:
  /// Live at a time; what exceeds it is counted and left out.
  static constexpr std::size_t kMost = 2048;

  /// Returns its id; 0: there are too many.
  std::uint32_t add(std::uint8_t type, std::uint64_t begin, std::uint64_t length = Frame::kOpen,
                    std::uint64_t transaction = Frame::kNoTransaction);
  /// The frame ends before `end`. What is not there any more, or has an end, is left alone.
  void close(std::uint32_t id, std::uint64_t end);
  void set_transaction(std::uint32_t id, std::uint64_t transaction);

  std::vector<Frame>& frames() { return frames_; }
  const std::vector<Frame>& frames() const { return frames_; }
  /// Since clear().
  std::uint32_t added() const { return next_id_ - 1; }
  std::uint64_t take_dropped();

  /// The parser holds nothing of what came before `offset`: frames to come begin there or later.
  void set_boundary(std::uint64_t offset) { boundary_ = offset; }

  /// After rules and outputs have looked: what they were shown is noted, and frames that have been
  /// shown whole go.
  void settle(const FrameReach& reach);
  /// The first byte that a frame still needs, or that one to come may need.
  std::uint64_t needs_from(const FrameReach& reach) const;
  void clear();

 private:
  Frame* find(std::uint32_t id);

  std::vector<Frame> frames_;  ///< by id; keeps its memory
  std::uint32_t next_id_ = 1;
  std::uint64_t dropped_ = 0;
  std::uint64_t boundary_ = 0;
};

/// Of a flow.
struct FlowFrames {
  FrameList lists[2];  ///< by Direction
};

}  // namespace culvert
