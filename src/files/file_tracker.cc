#include "files/file_tracker.h"

#include <algorithm>

#include "files/file_store_input.h"

namespace culvert {
namespace {

/// Bytes of which libmagic can tell a kind while the file is still coming.
constexpr std::uint64_t kMagicBytes = 512;
/// What may wait for an inspection that never comes, as in a flow that a rule passes.
constexpr std::uint64_t kMaxWaiting = 1024 * 1024;

}  // namespace

FileTracker::FileTracker(const FileTrackerOptions& options)
    : options_(options), needs_(options.needs), ranges_(options.ranges), pool_(options.memory) {}

FileTracker::~FileTracker() = default;

void FileTracker::use(FileNeeds of_rules) {
  needs_ = options_.needs;
  needs_.add(of_rules);
  // A stored file is named after its SHA-256.
  if (store_ != nullptr && needs_.has(FileNeed::kStore)) needs_.add(FileNeed::kSha256);
}

File* FileTracker::open(FileLists& lists, const FileOpening& opening) {
  if (!wanted()) return nullptr;
  FileList*& list = lists[index_of(opening.direction)];
  if (list == nullptr) {
    if (free_lists_.empty()) {
      list = &lists_.emplace_back();
      list->tracker_ = this;
    } else {
      list = free_lists_.back();
      free_lists_.pop_back();
    }
  }
  if (list->size_ >= options_.max_files_per_list) {
    counters_.too_many.add();
    return nullptr;
  }
  File* file = nullptr;
  if (free_files_.empty()) {
    file = &files_.emplace_back(pool_);
  } else {
    file = free_files_.back();
    free_files_.pop_back();
  }
  counters_.opened.add();
  file->name.assign(opening.name.substr(0, kMaxName));
  file->direction = opening.direction;
  file->inspection = opening.inspection;
  file->number = list->size_++;
  file->digests.start(needs_);
  file->offers_content_ = needs_.has(FileNeed::kContent);
  file->wants_magic_ = needs_.has(FileNeed::kMagic);
  const bool may_be_stored = store_ != nullptr && needs_.has(FileNeed::kStore);
  file->storing = !may_be_stored ? FileStoring::kNo
                  : list->store_all || store_all_ ||
                          (opening.flow != nullptr &&
                           (opening.flow->store_files >> index_of(opening.direction) & 1) != 0)
                      ? FileStoring::kYes
                      : FileStoring::kUndecided;
  (list->last_ == nullptr ? list->first_ : list->last_->next) = file;
  list->last_ = file;
  return file;
}

void FileTracker::append(File& file, Bytes bytes) {
  if (!file.is_open() || bytes.empty()) return;
  if (file.storing == FileStoring::kYes && store_->depth() != 0 &&
      file.size + bytes.size() > store_->depth()) {
    return truncate(file);
  }
  file.size += bytes.size();
  file.digests.update(bytes);
  keep(file, bytes);
  if (file.storing == FileStoring::kYes) settle(file, false);
}

/// Whether a file's bytes are kept at all, and until where, is known from what it is for.
void FileTracker::keep(File& file, Bytes bytes) {
  if (file.content_over_) return;
  const std::uint64_t end = file.content_.end();
  Bytes wanted = bytes;
  const bool all = file.storing == FileStoring::kUndecided || file.storing == FileStoring::kYes;
  if (!all) {
    std::uint64_t until = 0;
    if (file.wants_magic_ && !file.magic_known_) until = kMagicBytes;
    if (file.offers_content_) {
      until =
          file.inspection.limit == 0 ? ~std::uint64_t{0} : std::max(until, file.inspection.limit);
    }
    if (until <= end) {
      wanted = {};
    } else if (until - end < bytes.size()) {
      wanted = bytes.first(static_cast<std::size_t>(until - end));
    }
    file.content_over_ = wanted.size() < bytes.size();
  }
  if (wanted.empty()) return;
  if (!file.content_.append(wanted)) {
    counters_.memory_full.add();
    if (all) end_storing(file, FileStoring::kFailed);
  }
  if (!all) {
    const std::uint64_t held = file.content_.end() - file.content_.begin();
    if (held > kMaxWaiting) file.content_.trim(file.content_.end() - kMaxWaiting);
  }
}

void FileTracker::gap(File& file, std::uint64_t missing) {
  if (!file.is_open() || missing == 0) return;
  file.gaps = true;
  file.size += missing;  // the digests are of what is there, as in the reference
  if (file.storing == FileStoring::kUndecided || file.storing == FileStoring::kYes) {
    settle(file, false);
  }
  file.content_.skip(missing);
  file.stored_ = std::max(file.stored_, file.content_.begin());
}

void FileTracker::end(File& file, FileState state) {
  if (!file.is_open()) return;
  file.state = state;
  file.digests.finish();  // of what came, when the rest does not
  if (file.wants_magic_) magic_of(file);
  if (file.storing == FileStoring::kYes) settle(file, false);
}

const std::string& FileTracker::magic_of(File& file) {
  if (file.magic_known_ || file.content_.begin() != 0) return file.magic_;
  const Bytes head = file.content_.view();
  if (head.empty() || (file.is_open() && head.size() < kMagicBytes)) return file.magic_;
  magic_.describe(head, file.magic_);
  file.magic_known_ = true;
  return file.magic_;
}

void FileTracker::settle(File& file, bool inspected) {
  if (file.wants_magic_ && !file.magic_known_) magic_of(file);
  if (inspected) {
    if (file.view()) file.inspected_ = file.content_.end();
    // The rules have seen all of it, and none wanted it.
    if (!file.is_open() && file.storing == FileStoring::kUndecided) {
      file.storing = FileStoring::kNo;
    }
  }
  if (file.storing == FileStoring::kYes) hand_to_store(file);

  if (file.storing == FileStoring::kUndecided ||
      (file.wants_magic_ && !file.magic_known_ && file.is_open())) {
    return;
  }
  if (!file.offers_content_) {
    file.content_.trim(file.content_.end());
  } else if (file.inspected_ > file.inspection.window) {
    file.content_.trim(file.inspected_ - file.inspection.window);
  }
}

void FileTracker::hand_to_store(File& file) {
  if (!file.in_store_) {
    if (!store_->begin(file)) {
      file.storing = FileStoring::kFailed;
      return;
    }
    file.in_store_ = true;
  }
  const Bytes bytes = file.content_.from(file.stored_);
  file.stored_ = file.content_.end();
  const bool lost = !bytes.empty() && !store_->write(file, bytes);
  if (lost) {
    end_storing(file, FileStoring::kFailed);
  } else if (!file.is_open()) {
    end_storing(file, FileStoring::kStored);
  }
}

void FileTracker::end_storing(File& file, FileStoring outcome) {
  if (file.in_store_) store_->end(file);
  file.in_store_ = false;
  file.storing = outcome;
}

void FileTracker::finish(FileLists& lists) {
  for (FileList* const list : lists) {
    if (list == nullptr) continue;
    for (File& file : *list) truncate(file);
  }
}

void FileTracker::release(FileLists& lists) {
  finish(lists);
  for (FileList*& list : lists) {
    if (list == nullptr) continue;
    for (File* file = list->first_; file != nullptr;) {
      File* const next = file->next;
      recycle(*file);
      file = next;
    }
    *list = FileList{};
    list->tracker_ = this;
    free_lists_.push_back(list);
    list = nullptr;
  }
}

void FileTracker::recycle(File& file) {
  if (file.in_store_) end_storing(file, FileStoring::kStored);
  file.content_.clear();
  file.sids.clear();
  file.magic_.clear();
  file.range.reset();
  file.stream_at = File::kNowhere;
  file.next = nullptr;
  file.size = file.inspected_ = file.stored_ = 0;
  file.id = 0;
  file.state = FileState::kOpen;
  file.gaps = file.logged = file.magic_known_ = file.content_over_ = false;
  free_files_.push_back(&file);
}

}  // namespace culvert
