// The load balancer's side that faces the targets: whole IPv4 packets out, in batches, and what
// comes back to its addresses in.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/result.h"

namespace culvert::emulator {

/// Packets in memory of fixed slots, to be filled before a batch is sent.
class PacketSlots {
 public:
  static constexpr std::size_t kCount = 64;
  static constexpr std::size_t kSlotBytes = 16384;  ///< a 9001-byte MTU, and what is larger shows

  PacketSlots() : memory_(new std::byte[kCount * kSlotBytes]) {}
  std::span<std::byte> slot(std::size_t index) {
    return {memory_.get() + index * kSlotBytes, kSlotBytes};
  }

 private:
  std::unique_ptr<std::byte[]> memory_;
};

/// Sends with a raw socket, as from any of the load balancer's addresses; receives with a packet
/// socket, before the system looks at ports. One thread.
class OuterSocket {
 public:
  /// `addresses` (host order) are to be this machine's or namespace's own.
  static Result<OuterSocket> open(std::span<const std::uint32_t> addresses);

  struct Datagram {
    Bytes bytes;               ///< a whole IPv4 packet, valid until send() is done
    std::uint32_t target = 0;  ///< host order
  };
  /// Sends at most PacketSlots::kCount packets; returns how many the system did not take.
  std::size_t send(std::span<const Datagram> datagrams);

  struct Received {
    Bytes bytes;  ///< from the IPv4 header on; valid until the next receive()
    bool checksum_there = true;
  };
  /// UDP and ICMP packets for the addresses, as many as are there, at most PacketSlots::kCount.
  std::span<const Received> receive();

  int receive_fd() const { return receive_.get(); }
  /// Packets that found no room, since the start.
  std::uint64_t overruns();

 private:
  OuterSocket() = default;

  Fd send_, receive_;
  Fd sink_;  ///< bound to the GENEVE port, so that the system does not answer "port unreachable"
  PacketSlots received_slots_;
  std::vector<Received> received_;
  std::uint64_t overruns_ = 0;
};

}  // namespace culvert::emulator
