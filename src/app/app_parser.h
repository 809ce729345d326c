// The interface of a protocol parser: one object a flow, fed in order by direction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "app/app_proto.h"
#include "app/app_services.h"
#include "app/frame.h"
#include "app/transaction.h"
#include "base/bytes.h"
#include "flow/flow.h"

namespace culvert {

struct ExpectedFlow;  // app/expected_flows.h

enum class ParseStatus : std::uint8_t {
  kDone,       ///< all consumed, at a message boundary or not: nothing to say
  kNeedMore,   ///< the same, in the middle of something
  kMalformed,  ///< the parser gives up on the flow ("app error"); it stays so
};

/// What a parser gets along with the bytes.
struct AppInput {
  Flow& flow;
  Direction direction;
  Bytes bytes;     ///< next in-order bytes, or one whole datagram; valid during the call
  Timestamp time;  ///< of the packet that brought them
  bool end_of_stream = false;
  std::uint64_t stream_offset = 0;  ///< of bytes[0] in this direction; 0 for datagrams
  FrameList* frames = nullptr;      ///< of this direction; null: nobody wants any

  /// Stream offset of `rest`, which is what is left of `bytes`; also of what was held before them.
  std::uint64_t offset_of(Bytes rest) const { return stream_offset + bytes.size() - rest.size(); }
};

/// Wishes that a parser may leave for the stream and flow layers.
struct AppWishes {
  bool bypass = false;         ///< nothing more to learn: bypass the flow
  bool no_inspection = false;  ///< what follows is encrypted: parse on, but skip payload rules
  bool no_reassembly = false;  ///< stop reassembling: nobody wants the bytes
  /// So many of the next bytes of the direction just fed tell the parser nothing: it need not be
  /// shown them, nor told of a gap among them; `stream_offset` says what was left out. TCP only.
  std::uint32_t skip_bytes = 0;
  /// Rules on the raw stream need not wait for the rest of the message in hand.
  bool show_stream = false;
  AppProto change_to = AppProto::kUnknown;  ///< STARTTLS, upgrade: detect again, this is expected
  bool detect_again = false;                ///< CONNECT: detect again, anything may come
  std::size_t unconsumed = 0;  ///< with change_to: bytes at the input's end that are the next one's
};

/// Parses one flow. Any split of the stream gives the same transactions (chop test). Copies what it
/// keeps. Memory per flow is bounded by the protocol's options. Owns its transactions. Those of
/// most protocols derive from one of the two that do more: MessageParser and ExchangeParser.
class AppParser {
 public:
  AppParser() = default;
  AppParser(const AppParser&) = delete;
  AppParser& operator=(const AppParser&) = delete;
  virtual ~AppParser();

  [[nodiscard]] virtual ParseStatus feed(const AppInput& input) = 0;
  /// `missing` bytes of a direction will never come (TCP gap). By default the flow is given up.
  [[nodiscard]] virtual ParseStatus gap(const AppInput& /*input*/, std::size_t /*missing*/) {
    return ParseStatus::kMalformed;
  }
  /// Its flow is one that another has announced, as FTP does; before any bytes.
  virtual void begin_expected(const ExpectedFlow& /*flow*/) {}
  /// No more bytes in this direction (FIN, RST, timeout): complete what can be.
  virtual void finish(Direction /*direction*/) {}
  /// The stream's depth is reached: its files end here. What is held of them belongs to them.
  virtual void cut(Direction /*direction*/) {}

  /// Whether it keeps nothing that matters besides transactions, and has none of those: it is then
  /// taken from its flow and given to the next that needs one. So idle flows hold no parser.
  virtual bool is_idle() const { return false; }
  /// The flow has ended, or has no use for it: makes it as new, for another flow. No: it is
  /// deleted. REQUIRES: no transactions.
  virtual bool recycle() { return false; }

  /// How many transactions it has made, freed ones as well.
  std::uint64_t transaction_count() const { return next_transaction_id_ - first_transaction_id_; }
  /// Ids go on from here: transactions of the flow before this parser was given to it.
  void start_ids_at(std::uint64_t id) { next_transaction_id_ = first_transaction_id_ = id; }

  /// Live transactions, oldest first.
  const std::vector<Transaction*>& transactions() const { return transactions_; }
  /// Called when detection and loggers are through with it: takes it out of transactions(), deletes
  /// or recycles it. By default it is deleted.
  virtual void free_transaction(Transaction* transaction);

  /// What a parser leaves to the one that follows it when the protocol changes (an upgrade).
  struct Handover {
    virtual ~Handover() = default;
  };
  /// Asked of the old parser before it goes; null: nothing.
  virtual std::unique_ptr<Handover> hand_over() { return nullptr; }
  /// Told to the new one before its first bytes. Its own kind it knows by dynamic_cast.
  virtual void take_over(const Handover& /*handover*/) {}

  /// Before its first bytes.
  void use(const AppServices& services, Flow& flow) {
    services_ = services;
    flow_ = &flow;
  }

  AppWishes wishes;

 protected:
  /// Where its files go; null: nobody wants any. See files/file_tracker.h.
  FileTracker* files() const { return services_.files; }

  /// Null in tests that do not say.
  Flow* flow() const { return flow_; }

  /// A new one, which is the newest of transactions() from now on; `time`: of what began it.
  template <class T>
  T& keep(std::unique_ptr<T> transaction, Timestamp time) {
    transaction->id = next_transaction_id_++;
    transaction->first_seen = transaction->last_seen = time;
    transactions_.push_back(transaction.get());
    return *transaction.release();
  }
  /// Out of transactions(): it is the caller's. False: it was not there.
  [[nodiscard]] bool take_out(const Transaction* transaction);

  AppServices services_;
  std::vector<Transaction*> transactions_;
  std::uint64_t next_transaction_id_ = 0;

 private:
  std::uint64_t first_transaction_id_ = 0;
  Flow* flow_ = nullptr;
};

}  // namespace culvert
