// Cuts a stream into lines: text up to and including LF. Any split of the stream gives the same
// lines; one that arrives whole is not copied.
//
//   LineReader reader(4096);
//   while (const auto line = reader.next(rest)) use(line->text());   // rest shrinks
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace culvert {

/// A line, or a piece of one that is longer than the reader holds. Views the input or the reader:
/// valid until the next call.
struct Line {
  Bytes bytes;         ///< with its line ending
  bool begins = true;  ///< false: goes on where the last piece ended
  bool ends = true;    ///< false: more of it follows

  /// Size of the line ending: 0 (a piece, or the end of the stream), 1 (LF) or 2 (CR LF).
  std::size_t ending_size() const {
    if (!ends || bytes.empty() || bytes.back() != std::byte{'\n'}) return 0;
    return bytes.size() >= 2 && bytes[bytes.size() - 2] == std::byte{'\r'} ? 2 : 1;
  }
  Bytes ending() const { return bytes.last(ending_size()); }
  Bytes body() const { return bytes.first(bytes.size() - ending_size()); }
  std::string_view text() const { return as_text(body()); }
  bool is_whole() const { return begins && ends; }
};

class LineReader {
 public:
  /// `most_bytes` of a line are held, its ending counted; at least 2.
  explicit LineReader(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// The next line of what is held and `rest`, which shrinks by what was used. Nothing: `rest` is
  /// empty now, and what is left of it is held.
  std::optional<Line> next(Bytes& rest);
  /// At the end of the stream: what is held, as a line without ending.
  std::optional<Line> flush();
  /// Whether nothing is held: the next byte begins a line.
  bool is_between() const { return (held_.empty() || held_is_used_) && !inside_; }
  void reset();

 private:
  std::size_t most_bytes_;
  std::vector<std::byte> held_;
  bool held_is_used_ = false;  ///< the last line viewed it
  bool inside_ = false;        ///< a piece of the line has been given
};

}  // namespace culvert
