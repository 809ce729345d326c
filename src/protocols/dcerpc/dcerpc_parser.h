// DCE/RPC over TCP and UDP: calls and their answers to transactions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "app/exchange_parser.h"
#include "protocols/dcerpc/dcerpc_exchange.h"

namespace culvert::dcerpc {

enum FrameType : std::uint8_t { kPduFrame, kHeaderFrame, kDataFrame };
inline constexpr std::string_view kFrameNames[] = {"pdu", "hdr", "data"};

/// Config keys below `app-layer.protocols.dcerpc`.
struct DcerpcOptions {
  std::uint32_t max_transactions = 1024;  ///< `max-tx`
  std::uint32_t max_stub = 1024 * 1024;   ///< `max-stub-size`, of a direction of a call
};
/// Stub data of all live calls of a flow.
inline constexpr std::size_t kMostStubOfFlow = 16 * 1024 * 1024;

struct DcerpcTransaction final : RpcTransaction {
  Exchange exchange;
  bool is_datagram = false;
  Uuid activity;               ///< of datagrams
  std::uint32_t sequence = 0;  ///< of datagrams
  /// Rules look at calls over connections only, as in the reference.
  const Exchange* rpc() const override { return is_datagram ? nullptr : &exchange; }
};

/// What both have in common: the live transactions.
class DcerpcParserBase : public ExchangeParser {
 public:
  explicit DcerpcParserBase(const DcerpcOptions& options) : options_(options) {}
  void free_transaction(Transaction* transaction) override;

 protected:
  DcerpcTransaction& begin();
  /// How much stub data a side may hold.
  std::size_t room_of(const Exchange::Side& side) const;
  /// After a change: progress by what has come, accounts of `kept_stub_`.
  void settle(DcerpcTransaction& tx, std::size_t stub_before);
  static std::size_t stub_of(const DcerpcTransaction& tx) {
    return tx.exchange.to_server.stub.size() + tx.exchange.to_client.stub.size();
  }

  DcerpcOptions options_;

 private:
  std::size_t kept_stub_ = 0;
};

/// Connections. A PDU is taken when it is there whole; what it is says its type, not its direction,
/// as connections that are picked up in their middle may be seen the wrong way round.
class DcerpcParser final : public DcerpcParserBase {
 public:
  using DcerpcParserBase::DcerpcParserBase;
  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;

 private:
  struct Side {
    std::vector<std::byte> held;  ///< front of a PDU
    std::size_t skip = 0;         ///< bytes left of a PDU that has a gap
    bool is_lost = false;         ///< after a gap: where the next PDU begins is not known
  };

  void on_pdu(const Header& header, Bytes body);
  void on_request(const Header& header, Bytes body);
  void on_response(const Header& header, Bytes body);
  DcerpcTransaction* find(const Header& header, PduType request);

  std::array<Side, 2> sides_;
  Bindings bindings_;
};

/// Datagrams.
class DcerpcDatagramParser final : public DcerpcParserBase {
 public:
  using DcerpcParserBase::DcerpcParserBase;
  ParseStatus feed(const AppInput& input) override;

 private:
  DcerpcTransaction* find(const DatagramHeader& header);
};

}  // namespace culvert::dcerpc
