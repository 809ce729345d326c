// The receive ring of an AF_PACKET socket (packet(7), TPACKET_V2): slots in memory that the kernel
// writes frames to, and that are given back one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace culvert {

/// For one thread. Unmaps itself; the socket is the owner's.
class PacketRing {
 public:
  struct Frame {
    std::span<std::byte> bytes;     ///< from the MAC header on, in the ring; may be written to
    std::uint32_t wire_length = 0;  ///< larger than bytes when the frame did not fit its slot
    Timestamp time{};
    std::uint32_t slot = 0;
  };

  PacketRing() = default;
  ~PacketRing();
  PacketRing(const PacketRing&) = delete;
  PacketRing& operator=(const PacketRing&) = delete;

  /// Sets the ring up on `socket`, before it is bound. `slot_bytes` is rounded up to whole slots of
  /// a block.
  Result<void> map(int socket, std::size_t ring_bytes, std::size_t slot_bytes);
  /// The next frame, if there is one. It stays valid until give_back().
  bool next(Frame& frame);
  /// The same, and it stays the next one.
  bool peek(Frame& frame) const;
  /// Whether there is one.
  bool has_next() const;
  /// In any order.
  void give_back(std::uint32_t slot);
  /// A frame that next() gave and that was not given back.
  std::span<std::byte> bytes_of(std::uint32_t slot) const;
  std::uint32_t slots() const { return slots_; }

 private:
  std::byte* slot_address(std::uint32_t slot) const;

  std::byte* memory_ = nullptr;
  std::size_t size_ = 0;
  std::size_t slot_bytes_ = 0, block_bytes_ = 0;
  std::uint32_t slots_ = 0, slots_per_block_ = 0, at_ = 0;
};

}  // namespace culvert
