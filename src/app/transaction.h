// A transaction: one request and its response, as far as they have come.
#pragma once

#include <array>
#include <cstdint>

#include "base/clock.h"
#include "packet/packet.h"

namespace culvert {

struct TransactionDetectState;  // detect/
class FileList;                 // files/file.h

/// App-layer events of a transaction, numbered as in the protocol's table; each at most once.
class AppEvents {
 public:
  void add(std::uint8_t event) { bits_[event >> 6] |= std::uint64_t{1} << (event & 63); }
  bool has(std::uint8_t event) const { return bits_[event >> 6] >> (event & 63) & 1; }
  bool empty() const { return (bits_[0] | bits_[1]) == 0; }

 private:
  std::array<std::uint64_t, 2> bits_{};  // at most 128 events a protocol
};

/// Base of each protocol's transaction. Its parser makes it, detection and loggers read it, and the
/// parser frees it when both are through with both directions.
struct Transaction {
  virtual ~Transaction() = default;

  /// Notes one of the protocol's events, an enum: it is logged as an anomaly once.
  template <class Event>
  void raise(Event event) {
    if (!events.has(static_cast<std::uint8_t>(event))) raise_anew(event);
  }
  /// The same, but it is logged once more when it comes again after it has been logged.
  template <class Event>
  void raise_anew(Event event) {
    events.add(static_cast<std::uint8_t>(event));
    new_events.add(static_cast<std::uint8_t>(event));
  }

  std::uint64_t id = 0;  ///< counts from 0 within the flow: EVE `tx_id`
  /// How far each direction has come: the protocol's own ordered states, 0 is "not begun"; its
  /// ProtocolSpec says which value is complete.
  std::array<std::uint8_t, 2> progress{};
  std::array<bool, 2> inspected{};  ///< detection is through with this direction at its last state
  bool skip_inspection[2] = {false, false};
  std::uint64_t logged = 0;   ///< bit set: which loggers have written it
  Timestamp first_seen{};
  Timestamp last_seen{};
  AppEvents events;           ///< for rules
  AppEvents new_events;       ///< not yet logged as anomaly
  TransactionDetectState* detect = nullptr;  ///< released by detection when the transaction ends
  /// That it carries, by direction; null: none. Made and released by the worker's FileTracker.
  std::array<FileList*, 2> files{};
  bool updated[2] = {true, true};            ///< something new since detection last looked
};

}  // namespace culvert
