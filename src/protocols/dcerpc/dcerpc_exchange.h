// What two ends have agreed on, and one call: shared by DCE/RPC over TCP and over the pipes of SMB.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/transaction.h"
#include "protocols/dcerpc/dcerpc_pdu.h"

namespace culvert::dcerpc {

/// A presentation context: an interface that a client wants to use, and the server's answer.
struct Interface {
  Uuid uuid;
  std::uint16_t major = 0, minor = 0;
  std::uint16_t context = 0;
  std::optional<std::uint16_t> result;  ///< of the server: 0 is "accepted"
  bool first_fragment = false;  ///< the PDU that named it was a first fragment

  bool is_accepted() const { return result == 0; }
};

/// Of a connection or pipe. Bounded: what exceeds it is passed over.
class Bindings {
 public:
  static constexpr std::size_t kMost = 1024;

  /// The items of a bind begin anew; those of an alter_context are added.
  void bind(const Header& header, Bytes body);
  /// The results of bind_ack and alter_context_resp, for what was last asked for. Also says which.
  void acknowledge(const Header& header, Bytes body);
  /// Those that were asked for last.
  std::vector<Interface> latest() const {
    return {interfaces_.begin() + static_cast<std::ptrdiff_t>(asked_), interfaces_.end()};
  }
  /// The one that was accepted last for a context; none: there is none.
  std::vector<Interface> of_context(std::uint16_t context) const;

 private:
  std::vector<Interface> interfaces_;
  std::size_t asked_ = 0;  ///< index of the first that was asked for last
};

/// A request and what answers it.
struct Exchange {
  bool has_request = false;  ///< else it was not seen
  bool has_response = false;
  PduType request{}, response{};
  std::uint32_t call_id = 0;
  std::uint16_t context = 0, opnum = 0;
  bool little_endian = false;         ///< of the last PDU
  std::vector<Interface> interfaces;  ///< a bind's, or those of a request's context
  struct Side {
    std::vector<std::byte> stub;  ///< of all fragments
    std::uint32_t fragments = 0;
    bool is_done = false;  ///< the last fragment came
  };
  Side to_server, to_client;

  /// Stub data for as long as there is room.
  static void add_stub(Side& side, Bytes bytes, std::size_t most);
  /// The fields of a request's body; `most_stub` bytes are kept. False: it is cut short.
  bool take_request(const Header& header, Bytes body, const Bindings& bindings,
                    std::size_t most_stub);
  void take_response(const Header& header, Bytes body, std::size_t most_stub);

  bool is_request() const { return has_request && request == PduType::kRequest; }
};

/// A transaction that may hold a call. Keywords ask all such, whatever carries them.
struct RpcTransaction : Transaction {
  /// Null: it holds none.
  virtual const Exchange* rpc() const = 0;
};

}  // namespace culvert::dcerpc
