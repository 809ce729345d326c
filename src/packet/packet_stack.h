// The packets that one captured packet turned out to hold.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>

#include "packet/packet.h"

namespace culvert {

/// What was taken out of one captured packet: from tunnels, and datagrams made of fragments; the
/// outermost first. A packet's root is the captured one. Inner packets are inspected before the ones
/// around them, as in Suricata: walk it from the back, then the root. Addresses are stable until
/// clear(). One per worker; REQUIRES: as long as the longest chain of layers.
class PacketStack {
 public:
  static constexpr std::size_t kCapacity = 32;

  void clear() { size_ = 0; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == kCapacity; }
  Packet& operator[](std::size_t i) {
    assert(i < size_);
    return packets_[i];
  }
  /// Room for one more, with whatever was in it; REQUIRES: !full().
  Packet& push() {
    assert(!full());
    return packets_[size_++];
  }
  void pop() { --size_; }

 private:
  std::array<Packet, kCapacity> packets_;
  std::size_t size_ = 0;
};

}  // namespace culvert
