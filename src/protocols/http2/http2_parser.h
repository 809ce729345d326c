// HTTP/2 connections: the bytes of both directions to frames, frames to transactions.
//
// DATA is passed on as it comes; any other frame is held until it is whole. A header block goes through
// the direction's HpackDecoder as soon as its last frame is there, kept or not, as later blocks depend
// on it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "app/app_parser.h"
#include "app/transaction_pool.h"
#include "protocols/http2/hpack.h"
#include "protocols/http2/http2_options.h"
#include "protocols/http2/http2_transaction.h"

namespace culvert::http2 {

enum NamedFrame : std::uint8_t { kHeaderFrame, kDataFrame, kPduFrame };
inline constexpr std::string_view kFrameNames[] = {"hdr", "data", "pdu"};

/// The parser of one flow. `context` outlives it.
class Http2Parser final : public AppParser {
 public:
  /// Longer frames, other than DATA, are skipped.
  static constexpr std::uint32_t kMaxFrameBytes = 65536;
  /// Decoded bytes of a body that rules see, at most.
  static constexpr std::uint64_t kBodyLimit = 1024 * 1024;
  /// Of what rules have seen of a body, they see that much again.
  static constexpr std::uint64_t kBodyWindow = 16 * 1024;
  /// Names and values that a transaction keeps, and fields; the rest is not shown.
  static constexpr std::size_t kMaxFieldBytes = 128 * 1024, kMaxFields = 1024;

  /// Longest DNS message in a body: as much as DNS over TCP can have.
  static constexpr std::size_t kMaxDnsBytes = 65535;

  explicit Http2Parser(const Http2Context& context);

  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  void finish(Direction direction) override;
  void free_transaction(Transaction* transaction) override;
  void take_over(const Handover& handover) override;

 private:
  /// One direction.
  struct Side {
    explicit Side(std::size_t max_table_bytes) : hpack(max_table_bytes) {}

    bool expects_preface = false;
    bool is_blind = false;  ///< a header block could not be decoded, so that none can be
    std::vector<std::byte> held;  ///< the front of a preface, frame header or frame
    bool has_header = false;
    FrameHeader header;
    std::uint32_t data_left = 0;  ///< of the DATA frame at hand, without padding
    std::uint32_t skip_left = 0;  ///< padding, or a frame that is too long
    bool wants_padding = false;   ///< the next byte says how much padding there is
    // A header block that goes on in CONTINUATION frames.
    bool in_block = false, block_is_promise = false, block_ends_stream = false;
    std::uint32_t block_stream = 0;
    bool block_over_limit = false;
    std::vector<std::byte> block;
    HpackDecoder hpack;
  };
  class Taker;
  class FieldTaker;

  Side& side(Direction direction) { return sides_[index_of(direction)]; }

  /// Takes something off the front of `bytes`. False: it needs more.
  bool step(Direction direction, Bytes& bytes);
  /// Until `size` bytes are there, in `whole`. False: not yet.
  bool gather(Side& side, Bytes& bytes, std::size_t size, Bytes& whole);
  void on_preface(Direction direction, Bytes bytes);
  void add_frames(const Side& side, std::uint64_t body);
  bool begin_frame(Direction direction);
  void on_frame(Direction direction, Bytes payload);
  void on_data(Direction direction, Bytes bytes);
  void end_data(Direction direction);
  void on_headers(Direction direction, Bytes payload);
  void on_continuation(Direction direction, Bytes payload);
  void add_to_block(Direction direction, Bytes fragment, bool is_last);
  void end_block(Direction direction);
  void on_connection_frame(Direction direction, Bytes payload);
  void on_reset(Http2Transaction& tx, Direction direction, Bytes payload);
  void read_settings(Http2Transaction& tx, Message& message, Bytes payload);
  void end_request_head(Http2Transaction& tx);
  /// DNS over HTTPS: what the target of a GET has, or a body.
  void read_dns_target(Http2Transaction& tx);
  void keep_dns_body(Http2Transaction& tx, Direction direction, Bytes bytes);
  void add_dns(Http2Transaction& tx, Direction direction, Bytes message);
  void end_stream(Http2Transaction& tx, Direction direction);
  void begin_part(Http2Transaction& tx, Direction direction);
  void end_part(Http2Transaction& tx, Direction direction);
  void add_body(Http2Transaction& tx, Direction direction, Bytes bytes);
  void advance(Http2Transaction& tx, Direction direction, std::uint8_t progress);

  Http2Transaction* new_transaction();
  /// That of the stream; made when it is new. Null: it is over, or there are too many.
  Http2Transaction* transaction_of(std::uint32_t stream, bool begins);
  Http2Transaction* find(std::uint32_t stream);
  /// A frame of the connection: complete as it is.
  Http2Transaction* global(Direction direction);
  void raise_on_connection(Direction direction, Event event);

  const Http2Context& context_;
  std::array<Side, 2> sides_;
  std::uint32_t newest_stream_[2] = {0, 0};  ///< by parity: the highest number seen
  Http2Transaction* last_found_ = nullptr;
  http1::DecoderBudget budget_;
  FrameList* frames_ = nullptr;  ///< during feed()
  std::uint64_t input_end_ = 0;  ///< stream offset behind the bytes of this call
  Timestamp time_{};
  TransactionPool<Http2Transaction, 64> pool_;
};

}  // namespace culvert::http2
