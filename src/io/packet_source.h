// Where packets come from and go back to.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "metrics/counter.h"
#include "packet/packet.h"

namespace culvert {

/// One object a worker, used by its thread only, but for is_open().
class PacketSource {
 public:
  virtual ~PacketSource() = default;

  /// Fills the front of `batch`, waiting at most `wait` for the first packet; returns how many.
  /// Sets the source's part of each packet. The packets' bytes belong to the source and stay valid
  /// until release().
  virtual std::size_t receive(std::span<Packet> batch, std::chrono::milliseconds wait) = 0;
  /// Takes packets back with their verdicts: every received packet once, in any order, before the
  /// next receive().
  virtual void release(std::span<Packet> batch) = 0;

  /// No packet will ever come again.
  virtual bool finished() const { return false; }
  /// The clock of the capture when no packet comes; files have none but their packets'.
  virtual Timestamp now() const { return {}; }
  /// The capture works. Any thread.
  virtual bool is_open() const { return true; }
  /// Why it ended early or does not work; empty when all is well.
  virtual std::string error() const { return {}; }

  /// The name of the capture file that the packets come from; changes with it. Null: live.
  virtual const std::string* capture_file() const { return nullptr; }

  /// Sends a packet that we made (`ip_packet`, from its IP header on) to where `like` came from, in
  /// the same tunnel. False when it could not be sent, or the source does not send.
  virtual bool send_to_origin(const Packet& /*like*/, Bytes /*ip_packet*/) { return false; }

  /// Views this source's counters.
  virtual void append_counters(std::vector<NamedCounter>& /*out*/) const {}
};

}  // namespace culvert
