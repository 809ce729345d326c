// A file that a transaction carries, as far as it has come. A protocol opens it with the worker's
// FileTracker and gives it bytes; detection looks at it; loggers write what became of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "files/content_window.h"
#include "files/file_digests.h"
#include "flow/flow.h"

namespace culvert {

class FileTracker;

enum class FileState : std::uint8_t {
  kOpen,       ///< more is to come
  kClosed,     ///< all of it came
  kTruncated,  ///< its end will not come: the flow ended, or a depth was reached
  kError,
};

/// Which part of a whole it is: `Content-Range`. As in EVE, `end` is the last byte's position.
struct FileRange {
  std::uint64_t start = 0, end = 0;
};

/// How the content is offered to rules: from `min_size` bytes on, or at its end; then each new part
/// together with `window` bytes before it; nothing behind `limit`.
struct FileInspection {
  std::uint64_t limit = 0;  ///< 0: none
  std::uint32_t min_size = 0;
  std::uint32_t window = 16 * 1024;
};

enum class FileStoring : std::uint8_t {
  kUndecided,  ///< a rule may yet want it
  kNo,
  kYes,     ///< goes to the store as it comes
  kStored,  ///< the store has all of it, or as much as its depth allows
  kFailed,  ///< the store had no room
};

/// Made and recycled by FileTracker. Others read it; its protocol changes it through the tracker.
class File {
 public:
  explicit File(BlockPool& pool) : content_(pool) {}

  std::string name;  ///< as it came, any bytes
  Direction direction = Direction::kToServer;
  FileState state = FileState::kOpen;
  bool gaps = false;       ///< bytes in its middle were lost
  std::uint64_t size = 0;  ///< of what came
  std::optional<FileRange> range;
  std::uint32_t number = 0;  ///< in its list, from 0
  std::uint32_t id = 0;      ///< of the stored file, EVE `file_id`; counts all that were stored
  FileInspection inspection;
  static constexpr std::uint64_t kNowhere = ~std::uint64_t{0};
  /// Where in its direction's stream it begins, if it came from there unchanged and in one piece.
  std::uint64_t stream_at = kNowhere;

  FileDigests digests;
  /// What libmagic says of its first bytes; empty: not asked yet.
  const std::string& magic() const { return magic_; }

  FileStoring storing = FileStoring::kUndecided;
  std::vector<std::uint32_t> sids;  ///< of the rules that had it stored
  bool logged = false;
  bool is_open() const { return state == FileState::kOpen; }

  /// What there is to look at now, and where in the file that is. Nothing: too little yet, or
  /// nothing kept.
  struct View {
    Bytes bytes;
    std::uint64_t offset = 0;
  };
  std::optional<View> view() const;

  File* next = nullptr;  ///< of the same transaction and direction

 private:
  friend class FileTracker;
  friend class FileList;

  bool offers_content_ = false;  ///< rules look into it
  bool content_over_ = false;    ///< no more of it is kept
  bool wants_magic_ = false;
  bool magic_known_ = false;
  bool in_store_ = false;  ///< between its begin and its end there
  std::uint64_t inspected_ = 0;
  std::uint64_t stored_ = 0;
  ContentWindow content_;
  std::string magic_;
};

/// The files of a transaction in one direction, in the order in which they began.
class FileList {
 public:
  class Iterator {
   public:
    explicit Iterator(File* file) : file_(file) {}
    File& operator*() const { return *file_; }
    Iterator& operator++() {
      file_ = file_->next;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return file_ != other.file_; }

   private:
    File* file_;
  };
  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(nullptr); }
  std::uint32_t size() const { return size_; }
  /// Null: there are not so many.
  File* at(std::uint32_t number) const;

  /// Rules are about to look. True when files have begun since they last did: then those that they
  /// had seen whole are not for them any more.
  bool begin_inspection();
  /// Rules have seen what there is: what nobody else waits for is let go.
  void mark_inspected();
  /// Those for rules.
  Iterator begin_for_rules() const { return Iterator(for_rules_ == 0 ? first_ : at(for_rules_)); }
  File* at_for_rules(std::uint32_t number) const { return at(for_rules_ + number); }
  /// The file's magic, computed when there is enough to tell; for keywords.
  const std::string& magic_of(File& file) const;
  /// All files of it are to be stored, those to come as well.
  bool store_all = false;

 private:
  friend class FileTracker;
  FileTracker* tracker_ = nullptr;
  File* first_ = nullptr;
  File* last_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t seen_ = 0, seen_whole_ = 0;  ///< by rules; whole: of the first ones
  std::uint32_t for_rules_ = 0;              ///< the first that is
  mutable File* cursor_ = nullptr;           ///< of at(), as instances are asked for in turn
};

/// As a transaction holds them, by Direction; null where there are none.
using FileLists = std::array<FileList*, 2>;

}  // namespace culvert
