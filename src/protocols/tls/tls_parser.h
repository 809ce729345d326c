// TLS 1.0 to 1.3 with its drafts, SSL 3 and the SSLv2 hello: records to handshake messages to the
// one transaction of the flow. Nothing is decrypted: what follows the handshake is counted as
// encrypted.
//
//   record (RFC 8446 section 5.1):  1 type | 2 version | 2 length | body
//   SSLv2 record (appendix E.2 of RFC 5246 quotes it):  2 bytes length, its top bit set | body
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "app/app_parser.h"
#include "protocols/tls/handshake_reader.h"
#include "protocols/tls/tls_options.h"
#include "protocols/tls/tls_transaction.h"

namespace culvert::tls {

enum FrameType : std::uint8_t {
  kPduFrame,
  kHeaderFrame,
  kDataFrame,
  kAlertFrame,
  kHeartbeatFrame,
  kSsl2HeaderFrame,
  kSsl2PduFrame,
};
inline constexpr std::string_view kFrameNames[] = {"pdu",       "hdr",      "data",    "alert",
                                                   "heartbeat", "ssl2.hdr", "ssl2.pdu"};

/// The parser of one flow. `options` must outlive it.
class TlsParser final : public AppParser {
 public:
  explicit TlsParser(const TlsOptions& options) : options_(options) {}

  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  void finish(Direction direction) override;
  void free_transaction(Transaction* transaction) override;
  bool is_idle() const override;
  bool recycle() override;

 private:
  /// One direction's place in the stream of records.
  struct Side {
    enum class State : std::uint8_t {
      kHeader,     ///< the next byte begins a record
      kHandshake,  ///< in a handshake record: bytes go to `handshake`
      kFront,      ///< in a record of which only the front matters: alert, heartbeat
      kSslv2,      ///< in an SSLv2 record
      kSkip,       ///< in what nobody reads: encrypted, or looked at already
    };
    State state = State::kHeader;
    bool cipher_changed = false;     ///< handshake records are encrypted from here on
    ContentType type{};              ///< of the record at hand
    std::size_t record_size = 0;     ///< its body
    std::size_t left = 0;            ///< bytes of the body that are still to come
    std::uint64_t next_offset = 0;   ///< in the stream, of what comes next
    std::size_t heartbeat_size = 0;  ///< of an encrypted heartbeat that waits for its answer
    std::size_t held_size = 0;
    std::array<std::byte, 8> held{};  ///< front of a field that was cut in two
    std::vector<std::byte> sslv2;     ///< an SSLv2 message from its type on
    HandshakeReader handshake;
  };

  static void skip_to(Side& side, std::uint64_t offset, std::size_t size);
  static Bytes take_field(Side& side, Bytes& rest, std::size_t wanted);
  bool step(Direction direction, Bytes& rest, TlsTransaction& tx);
  bool begin_record(Direction direction, Bytes header, TlsTransaction& tx);
  void add_frames(const Side& side, std::uint64_t body, bool is_sslv2) const;
  bool begin_sslv2_record(Side& side, Bytes header, TlsTransaction& tx);
  bool on_front(Direction direction, Bytes front, TlsTransaction& tx);
  bool on_heartbeat(Direction direction, Bytes front, TlsTransaction& tx);
  void on_encrypted_heartbeat(Direction direction, TlsTransaction& tx);
  void on_handshake(Direction direction, HandshakeType type, Bytes body, TlsTransaction& tx);
  void on_certificates(Direction direction, Bytes body, TlsTransaction& tx);
  void on_sslv2_message(Direction direction, Bytes message, TlsTransaction& tx);
  void settle(TlsTransaction& tx);
  void wish(const TlsTransaction& tx, Direction direction);

  const TlsOptions& options_;
  std::array<Side, 2> sides_;
  TlsTransaction* transaction_ = nullptr;  ///< null: freed, or not begun
  std::unique_ptr<TlsTransaction> spare_;  ///< a used one, with its memory
  std::array<bool, 2> ended_{};            ///< by direction: finish() was told so
  bool begun_ = false;  ///< a flow has one transaction; it may be freed before the flow ends
  FrameList* frames_ = nullptr;  ///< during feed()
  std::uint64_t input_end_ = 0;  ///< stream offset behind the bytes of this call
  bool failed_ = false;
};

}  // namespace culvert::tls
