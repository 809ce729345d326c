// Parsers of DNS flows: datagrams and TCP streams to transactions, one a message.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "app/message_parser.h"
#include "app/transaction_pool.h"
#include "protocols/dns/dns_framer.h"
#include "protocols/dns/dns_transaction.h"

namespace culvert::dns {

/// A message; over TCP without its length.
inline constexpr std::uint8_t kPduFrame = 0;
inline constexpr std::string_view kFrameNames[] = {"pdu"};

/// What both transports do with a message.
class DnsParser : public MessageParser {
 public:
  /// More live transactions than these are a flood; the flow is given up.
  static constexpr std::size_t kMaxTransactions = 8192;

  void free_transaction(Transaction* transaction) override;
  bool is_idle() const override { return unlogged_count_ == 0; }
  bool recycle() override {
    unlogged_count_ = 0;
    return true;
  }

 protected:
  /// A message that is malformed makes no transaction: false.
  bool add_message(Bytes bytes, Direction direction, Timestamp time);

 private:
  /// Requests that a rule has kept out of the log; their responses are to stay out as well.
  static constexpr std::size_t kMaxUnlogged = 32;
  void note_unlogged(std::uint16_t id);
  bool take_unlogged(std::uint16_t id);

  std::array<std::uint16_t, kMaxUnlogged> unlogged_{};  ///< ids, oldest first
  std::size_t unlogged_count_ = 0;
  TransactionPool<DnsTransaction, 64> pool_;
};

/// A datagram is a message. Also for mDNS. Malformed ones are passed over: they prove nothing, as
/// anybody can send them.
class DnsUdpParser final : public DnsParser {
 public:
  ParseStatus feed(const AppInput& input) override;
};

/// After a gap, looks for the next chunk that begins with a message.
class DnsTcpParser final : public DnsParser {
 public:
  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  bool is_idle() const override;
  bool recycle() override;

 private:
  std::array<Framer, 2> framers_;
  std::array<bool, 2> after_gap_{};
};

}  // namespace culvert::dns
