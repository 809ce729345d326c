// Lines of a message's head, and the table of its header fields (RFC 9112 sections 2.2 and 5).
//
// Requests and responses are cut differently, as what evades a filter lies in such differences, and
// the ends do differ: servers end a line at LF, browsers also at a bare CR.
//
//     request    line = *OCTET LF                   the head ends with a line of CRs only
//     response   line = *OCTET (LF / CR LF / CR)    the head ends with an empty line
//
// In responses a line of stray CRs and spaces between CR LF and the next line (CR LF CR CR LF) is
// passed over, and does not end the head: the event deformed_eol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "packet/packet.h"
#include "protocols/http/http_transaction.h"

namespace culvert::http1 {

enum class LineStatus : std::uint8_t {
  kLine,  ///< a whole line
  kEnd,   ///< the empty line that ends the head
  kMore,  ///< the line goes on beyond the text
};

/// Cuts lines off a text that may still grow. The text is given with each call, as it may move.
class LineCutter {
 public:
  explicit LineCutter(Direction direction) : direction_(direction) {}

  /// The next line, without its end, or why there is none. `is_all`: the text will not grow, so
  /// that its end is the end of a line.
  LineStatus next(std::string_view text, bool is_all, std::string_view& line);
  /// Where the next line begins: behind the head after kEnd.
  std::size_t position() const { return position_; }
  /// A line end was a deformed one.
  bool was_deformed() const { return deformed_; }

 private:
  enum class End : std::uint8_t { kNone, kLf, kCrLf, kCr };
  LineStatus next_of_request(std::string_view text, bool is_all, std::string_view& line);
  LineStatus next_of_response(std::string_view text, bool is_all, std::string_view& line);
  LineStatus skip_stray(std::string_view text, bool is_all);

  Direction direction_;
  std::size_t position_ = 0;
  std::size_t searched_ =
      0;  ///< no line ends before this: bytes that come singly are looked at once
  End last_ = End::kNone;
  bool deformed_ = false;
};

/// Reads the fields of a whole head (its lines, with or without the empty one) into `fields`,
/// raising events. `text` is in the arena, and fields view it. False: there are more than `limit`,
/// and the rest was left out.
[[nodiscard]] bool parse_fields(Direction direction, std::string_view text, std::size_t limit,
                                HttpTransaction& transaction, HeaderTable& fields);

}  // namespace culvert::http1
