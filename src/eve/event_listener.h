// Somebody besides EVE who is told of what can be logged: scripts. One a worker, on its thread.
#pragma once

#include <cstdint>
#include <span>

#include "app/protocol_spec.h"
#include "app/transaction.h"
#include "detect/alert.h"
#include "files/file.h"
#include "flow/flow.h"
#include "packet/packet.h"

namespace culvert {

class EventListener {
 public:
  virtual ~EventListener() = default;

  struct Wishes {
    bool packets = false, alerts = false, transactions = false, files = false, flows = false,
         stream = false;
  };
  virtual Wishes wishes() const = 0;

  // What it wants of these. `packet` is null at the end of a flow.
  virtual void on_packet(const Packet& /*packet*/, const Flow* /*flow*/) {}
  virtual void on_alert(const Packet* /*packet*/, const Flow* /*flow*/, const Alert& /*alert*/) {}
  /// Each time that it has come further: what is due, it sees for itself.
  virtual void on_transaction(const Packet* /*packet*/, const Flow& /*flow*/,
                              const ProtocolSpec& /*spec*/, Transaction& /*transaction*/) {}
  virtual void on_file(const Packet* /*packet*/, const Flow& /*flow*/,
                       const Transaction& /*transaction*/, const File& /*file*/) {}
  virtual void on_flow(const Flow& /*flow*/) {}
  virtual void on_stream_data(const Flow& /*flow*/, Direction /*direction*/, Bytes /*bytes*/) {}
};

/// Whether the transaction has come so far that a record of that direction is due; for loggers with
/// `once` of both.
bool is_due(const EveLogger& logger, const Transaction& transaction, Direction direction);

}  // namespace culvert
