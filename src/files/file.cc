#include "files/file.h"

#include <algorithm>

#include "files/file_tracker.h"

namespace culvert {

std::optional<File::View> File::view() const {
  if (!offers_content_ || size == 0) return std::nullopt;
  const bool limit_reached = inspection.limit != 0 && size >= inspection.limit;
  if (is_open() && size < inspection.min_size && !limit_reached) return std::nullopt;
  const std::uint64_t begin = inspected_ > inspection.window ? inspected_ - inspection.window : 0;
  View view{content_.from(begin), std::max(begin, content_.begin())};
  if (inspection.limit != 0) {
    const std::uint64_t most = inspection.limit > view.offset ? inspection.limit - view.offset : 0;
    view.bytes = view.bytes.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(view.bytes.size(), most)));
  }
  if (view.bytes.empty()) return std::nullopt;
  return view;
}

File* FileList::at(std::uint32_t number) const {
  if (number >= size_) return nullptr;
  if (cursor_ == nullptr || cursor_->number > number) cursor_ = first_;
  while (cursor_->number < number) cursor_ = cursor_->next;
  return cursor_;
}

bool FileList::begin_inspection() {
  if (seen_ == 0 || size_ == seen_) return false;
  for_rules_ = seen_whole_;
  return true;
}

void FileList::mark_inspected() {
  for (File& file : *this) {
    if (file.number == seen_whole_ && !file.is_open()) ++seen_whole_;
    tracker_->settle(file, true);
  }
  seen_ = size_;
}

const std::string& FileList::magic_of(File& file) const { return tracker_->magic_of(file); }

}  // namespace culvert
