// Which patterns were found in the bytes of a stream as they came: what is made of them later (a
// piece of the stream for stream rules, the body of a message) need not be searched again.
//
//     stream   ----------------[===========|=======|==========]------
//                            from        the last stretch     to
//     notes    pattern 17 in stretches of 3000..4448, pattern 801 in those of 4448..8000
//
// Each stretch was searched with some bytes before it, so that patterns across its begin are found
// too. A note says in which stretches a pattern was found, not where: it may find too much, never
// too little.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "detect/fast_pattern.h"

namespace culvert {

class StreamNotes {
 public:
  /// What all notes are about. They are of no use under another.
  struct Source {
    const void* matcher = nullptr;  ///< whose patterns
    std::uint64_t rules = 0;        ///< generation of the rule set that it belongs to
    std::uint64_t version = 0;      ///< of the stream's bytes; 0: unknown

    bool operator==(const Source&) const = default;
  };
  /// More patterns than these, and only the last stretch is remembered.
  static constexpr std::size_t kMost = 64;

  /// A stretch [fresh, end) is being searched, along with bytes from `begin` on.
  void begin_stretch(const Source& source, std::uint64_t begin, std::uint64_t fresh,
                     std::uint64_t end) {
    if (!(source == source_ && goes_on(begin, fresh))) {
      notes_.clear();
      source_ = source;
      from_ = begin;
    }
    begin_ = begin;
    to_ = end;
  }
  /// Whether a stretch from `fresh` on would go on where the last ended.
  bool ends_at(const Source& source, std::uint64_t fresh) const {
    return source == source_ && from_ < to_ && to_ == fresh;
  }
  /// A pattern is in the stretch that was begun last.
  void add(std::uint32_t pattern) {
    for (Note& note : notes_) {
      if (note.pattern != pattern) continue;
      note.end = to_;
      return;
    }
    if (notes_.size() == kMost && !make_room()) return;
    notes_.push_back({pattern, begin_, to_});
  }

  /// Whether all of [begin, end) has been searched.
  bool covers(const Source& source, std::uint64_t begin, std::uint64_t end) const {
    return source.version != 0 && source == source_ && from_ <= begin && end <= to_;
  }
  /// Calls with each pattern that may be in [begin, end). REQUIRES: covers().
  template <class Visit>
  void each(std::uint64_t begin, std::uint64_t end, Visit&& visit) const {
    for (const Note& note : notes_) {
      if (note.begin < end && begin < note.end) visit(note.pattern);
    }
  }
  void clear() {
    notes_.clear();
    source_ = {};
    from_ = to_ = 0;
  }

 private:
  struct Note {
    std::uint32_t pattern;
    std::uint64_t begin, end;  ///< of the first and the last stretch that has it
  };
  bool goes_on(std::uint64_t begin, std::uint64_t fresh) const {
    return from_ < to_ && fresh == to_ && (begin <= from_ || fresh - begin >= kLongestSearched - 1);
  }
  /// Forgets what lies before the last stretch. False: there is too much in that one.
  bool make_room() {
    std::erase_if(notes_, [&](const Note& note) { return note.end != to_; });
    from_ = begin_;
    if (notes_.size() < kMost) return true;
    from_ = to_;
    return false;
  }

  Source source_;
  std::uint64_t from_ = 0, to_ = 0;
  std::uint64_t begin_ = 0;  ///< of the last stretch, with the bytes before it
  std::vector<Note> notes_;
};

}  // namespace culvert
