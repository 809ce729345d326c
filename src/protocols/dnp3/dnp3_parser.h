// DNP3 over TCP: link frames to messages of the application layer.
//
//   transport   FIN (1 bit), FIR (1), sequence (6)
//   application FIR, FIN, CON, UNS (1 bit each), sequence (4); function; of responses: indications
//   (2)
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "app/message_parser.h"
#include "base/arena.h"
#include "protocols/dnp3/dnp3_link.h"
#include "protocols/dnp3/dnp3_names.h"
#include "protocols/dnp3/dnp3_objects.h"

namespace culvert::dnp3 {

enum class Event : std::uint8_t {
  kFlooded,
  kLenTooSmall,
  kBadLinkCrc,
  kBadTransportCrc,
  kUnknownObject,
  kTooManyPoints,
  kTooManyObjects,
  kTooLongReassembly,
};
inline constexpr std::string_view kEventNames[] = {
    "flooded",        "len_too_small",   "bad_link_crc",     "bad_transport_crc",
    "unknown_object", "too_many_points", "too_many_objects", "too_long_reassembly"};

struct Dnp3Options {
  std::uint32_t max_transactions = 32;
  ObjectLimits objects;
};

struct Dnp3Transaction final : MessageTransaction {
  LinkFrame link;              ///< of the first segment, without its user data
  std::uint8_t transport = 0;  ///< the same
  std::uint8_t control = 0, function = 0;
  std::uint16_t indications = 0;  ///< of a response
  bool has_message = false;       ///< else there are events only
  bool is_reassembled = false;    ///< its last segment has come
  Bytes data;          ///< of the application layer, from its control byte on; in the arena
  ObjectList objects;  ///< view `data`
  Arena arena{256};

  bool is_response() const { return direction == Direction::kToClient; }
};

class Dnp3Parser final : public MessageParser {
 public:
  static constexpr std::size_t kMostMessage = 63 * 255;

  explicit Dnp3Parser(const Dnp3Options& options) : options_(options) {}

  ParseStatus feed(const AppInput& input) override;
  bool is_idle() const override { return false; }
  bool recycle() override { return false; }
  void free_transaction(Transaction* transaction) override;

 private:
  struct Side {
    LinkReader reader;
    Dnp3Transaction* open = nullptr;  ///< whose segments come
    std::uint8_t sequence = 0;        ///< of its last one
    std::vector<std::byte> segments;
  };

  void take_frame(const LinkFrame& frame, const AppInput& input);
  void take_segment(const LinkFrame& frame, const AppInput& input);
  void finish(Dnp3Transaction& tx, Bytes message);
  /// Null: there are too many.
  Dnp3Transaction* begin(const AppInput& input);
  void complain(Event event, const AppInput& input);

  const Dnp3Options& options_;
  std::array<Side, 2> sides_;
};

}  // namespace culvert::dnp3
