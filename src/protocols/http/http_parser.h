// HTTP/1 connections (RFC 9112): the bytes of both directions to transactions.
//
//     idle -> line -> head -> body by length | chunks ... trailer | until close -> after -> idle
//
// Both directions run through the same states, each for itself; a response belongs to the oldest
// request that has none. Heads are copied once, into the transaction's arena. Bodies are not held:
// each piece goes through the decoder to the window that rules look at.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/app_parser.h"
#include "app/transaction_pool.h"
#include "protocols/http/http_lines.h"
#include "protocols/http/http_transaction.h"

namespace culvert::http1 {

enum FrameType : std::uint8_t { kRequestFrame, kResponseFrame };
inline constexpr std::string_view kFrameNames[] = {"request", "response"};

/// The parser of one flow. `context` must outlive it.
class HttpParser final : public AppParser {
 public:
  /// A head beyond this is no head: the flow is given up.
  static constexpr std::size_t kMaxHeadBytes = 512 * 1024;
  /// The longest header field that comes in one piece; in pieces it is under `meta-field-limit`, as
  /// start lines are.
  static constexpr std::size_t kMaxFieldBytes = 64 * 1024;

  explicit HttpParser(const HttpContext& context) : context_(context) {}

  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  void finish(Direction direction) override;
  void free_transaction(Transaction* transaction) override;
  bool is_idle() const override;
  bool recycle() override;
  std::unique_ptr<Handover> hand_over() override { return std::move(handover_); }

 private:
  enum class State : std::uint8_t {
    kIdle,        ///< between messages
    kLine,        ///< in the request line or status line
    kHead,        ///< in the header fields
    kLength,      ///< in a body of known length
    kUntilClose,  ///< in a body that ends with the connection
    kChunkSize,
    kChunkData,
    kChunkEnd,  ///< what is between a chunk's data and the next line
    kTrailer,
    kAfter,   ///< behind a message, in the bytes that brought its end: is it the next, or still
              ///< body?
    kIgnore,  ///< what follows a request of HTTP/0.9
    kTunnel,  ///< after CONNECT, until the answer; after the upgrade
    kLost,    ///< after a gap: looking for the next message
  };
  /// One direction.
  struct Side {
    State state = State::kIdle;
    bool ended = false;
    std::uint64_t left = 0;         ///< of the body or chunk at hand
    HttpTransaction* tx = nullptr;  ///< of the message at hand
    std::string held = {};          ///< the front of a line or head that goes on
    LineCutter cutter;
    std::size_t lines = 0;
    std::uint32_t frame = 0;        ///< of the message at hand
    std::uint64_t message_end = 0;  ///< stream offset behind it, as far as it is known

    explicit Side(Direction direction) : cutter(direction) {}
  };
  /// The bytes of one call that are still to be parsed.
  struct Input {
    Direction direction;
    Bytes rest;
    const Flow* flow;
    Timestamp time;
    Side* side;
    std::uint64_t end;  ///< stream offset behind them
  };

  // What was held and what is new, as one text, and ways to go on with it.
  static std::string_view text_of(Input& in);
  static void consume(Input& in, std::size_t size);
  static void hold(Input& in);

  bool step(Input& in);
  bool begin_message(Input& in);
  bool begin_request(Input& in);
  bool begin_response(Input& in);
  bool on_line(Input& in);
  bool end_request_line(Input& in, std::string_view line);
  bool end_status_line(Input& in, std::string_view line);
  bool on_head(Input& in);
  bool end_head(Input& in, std::string_view block);
  bool end_request_head(Input& in);
  bool end_response_head(Input& in);
  bool on_chunk_size(Input& in);
  void on_chunk_end(Input& in);
  bool on_trailer(Input& in);
  void on_body_bytes(Input& in);
  void on_after(Input& in);
  void find_message(Input& in);

  void begin_body(Input& in);
  /// `stream_at`: stream offset of bytes that are just as they came.
  void add_body(HttpTransaction& tx, Direction direction, Bytes bytes,
                std::uint64_t stream_at = BufferExtent::kNowhere);
  void end_body(HttpTransaction& tx, Direction direction);
  void end_message(Input& in);
  void complete(Side& side, Direction direction);
  void on_response_complete(HttpTransaction& tx);
  void advance(HttpTransaction& tx, Direction direction, std::uint8_t progress);
  bool too_long(Input& in);
  ParseStatus fail();

  void finish_message(Side& side, Direction direction);
  HttpTransaction* new_transaction(Timestamp time);
  HttpTransaction* next_without_response();
  void settle_options(const Flow& flow);

  const HttpContext& context_;
  const HttpOptions* options_ = nullptr;
  std::array<Side, 2> sides_{Side(Direction::kToServer), Side(Direction::kToClient)};
  DecoderBudget budget_;
  FrameList* frames_ = nullptr;         ///< during feed()
  std::unique_ptr<Handover> handover_;  ///< for HTTP/2, once the server has agreed to it
  bool failed_ = false;
  bool stream_is_due_ = false;  ///< a body wants raw stream rules to look at what was just fed
  bool may_change_ = true;      ///< an upgrade is not refused
  TransactionPool<HttpTransaction, 4> pool_;
};

}  // namespace culvert::http1
