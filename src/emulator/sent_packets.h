// What a flow has been sent and not returned yet: how the emulator knows that a returned packet is,
// byte for byte, one that it sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "emulator/envelope.h"

namespace culvert::emulator {

/// Time since the emulator's start.
using EmulatorTime = std::chrono::milliseconds;

/// Which of an endpoint's two sides: where the packets of the route to the endpoint come from, or
/// where they go on to. A packet that enters on one leaves on the other.
enum class Side : std::uint8_t { kClient, kInternet };
constexpr Side opposite(Side side) {
  return side == Side::kClient ? Side::kInternet : Side::kClient;
}

/// The packets sent to the appliance for one flow, oldest first, by hash. Remembers at most
/// kMaxPackets of them and none for longer than kMemory: what an appliance dropped never returns.
class SentPackets {
 public:
  static constexpr std::size_t kMaxPackets = 4096;
  static constexpr EmulatorTime kMemory{10'000};

  struct Entry {
    std::uint64_t inner_hash = 0;
    EmulatorTime sent_at{};
    Envelope envelope;
    Side from = Side::kClient;
    bool returned = false;
  };

  void add(const Entry& entry);
  /// The oldest packet of that hash that was not returned yet, or else the oldest that was; null if
  /// neither is known. Valid until add(). The caller sets `returned`.
  Entry* find(std::uint64_t inner_hash);

 private:
  void forget_old(EmulatorTime now);

  std::vector<Entry> entries_;
  std::size_t first_ = 0;  ///< entries before it are done with
};

}  // namespace culvert::emulator
