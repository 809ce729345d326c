#include "protocols/smb/smb_files.h"

#include <algorithm>

namespace culvert::smb {

OpenFile* FileUses::find(const FileId& id, Direction direction) {
  const auto found = files_.find({id, direction});
  return found == files_.end() ? nullptr : &found->second;
}

OpenFile* FileUses::add(const FileId& id, Direction direction) {
  if (files_.size() >= kMost) return nullptr;
  return &files_[{id, direction}];
}

void FileUses::remove(const FileId& id, Direction direction, FileTracker* tracker) {
  const auto found = files_.find({id, direction});
  if (found == files_.end()) return;
  OpenFile& open = found->second;
  // What still waits comes behind a hole that nobody will fill.
  while (!open.queue.empty()) {
    skip_to(open, open.queue.begin()->first, tracker);
    hand_on_queued(open, tracker);
  }
  if (open.file != nullptr && open.file->is_open()) {
    if (open.file->gaps) {
      tracker->truncate(*open.file);
    } else {
      tracker->close(*open.file);
    }
  }
  files_.erase(found);
}

void FileUses::forget(const SmbTransaction& tx) {
  for (auto each = files_.begin(); each != files_.end();) {
    if (each->second.tx != &tx) {
      ++each;
      continue;
    }
    drop_queue(each->second);
    each = files_.erase(each);
  }
}

void FileUses::append(OpenFile& open, Direction direction, std::uint64_t offset, Bytes bytes,
                      FileTracker* tracker) {
  if (bytes.empty()) return;
  if (offset <= open.expected) {
    const std::uint64_t seen = open.expected - offset;
    if (seen != 0) open.tx->raise(Event::kFileOverlap);
    if (seen >= bytes.size()) return;
    hand_on(open, bytes.subspan(static_cast<std::size_t>(seen)), tracker);
    hand_on_queued(open, tracker);
    return;
  }
  // A piece comes in parts: they join the one they belong to.
  const auto after = open.queue.upper_bound(offset);
  const bool joins = after != open.queue.begin() &&
                     std::prev(after)->first + std::prev(after)->second.size() == offset;
  const bool reads = direction == Direction::kToClient;
  const QueueLimits& limits = limits_[index_of(direction)];
  const std::uint32_t most_bytes =
      limits.bytes == 0 ? kMostQueuedBytes : std::min(limits.bytes, kMostQueuedBytes);
  const std::uint32_t most_pieces =
      limits.pieces == 0 ? kMostQueuedPieces : std::min(limits.pieces, kMostQueuedPieces);
  bool has_room = true;
  if (open.queued_bytes + bytes.size() > most_bytes ||
      queued_bytes_ + bytes.size() > kMostQueuedBytes) {
    open.tx->raise(reads ? Event::kReadQueueSizeExceeded : Event::kWriteQueueSizeExceeded);
    has_room = false;
  } else if (!joins && open.queue.size() >= most_pieces) {
    open.tx->raise(reads ? Event::kReadQueueCountExceeded : Event::kWriteQueueCountExceeded);
    has_room = false;
  }
  if (!has_room) {  // the hole before the first that waits is given up
    const std::uint64_t first = open.queue.empty() ? offset : open.queue.begin()->first;
    skip_to(open, std::min(first, offset), tracker);
    hand_on_queued(open, tracker);
    if (offset > open.expected) skip_to(open, offset, tracker);
    append(open, direction, offset, bytes, tracker);
    return;
  }
  std::vector<std::byte>& piece = joins ? std::prev(after)->second : open.queue[offset];
  if (!joins && !piece.empty()) {
    open.tx->raise(Event::kFileOverlap);
    return;
  }
  piece.insert(piece.end(), bytes.begin(), bytes.end());
  open.queued_bytes += bytes.size();
  queued_bytes_ += bytes.size();
}

void FileUses::gap(OpenFile& open, std::uint64_t offset, std::uint64_t missing,
                   FileTracker* tracker) {
  if (offset > open.expected) return;  // of a piece that waits: a hole will be left
  const std::uint64_t end = offset + missing;
  if (end <= open.expected) return;
  skip_to(open, end, tracker);
  hand_on_queued(open, tracker);
}

void FileUses::hand_on(OpenFile& open, Bytes bytes, FileTracker* tracker) {
  open.expected += bytes.size();
  open.tx->updated[0] = open.tx->updated[1] = true;
  if (open.file != nullptr && open.file->is_open()) tracker->append(*open.file, bytes);
}

void FileUses::hand_on_queued(OpenFile& open, FileTracker* tracker) {
  while (!open.queue.empty() && open.queue.begin()->first <= open.expected) {
    const auto node = open.queue.extract(open.queue.begin());
    const std::vector<std::byte>& piece = node.mapped();
    open.queued_bytes -= piece.size();
    queued_bytes_ -= piece.size();
    const std::uint64_t seen = open.expected - node.key();
    if (seen != 0) open.tx->raise(Event::kFileOverlap);
    if (seen < piece.size())
      hand_on(open, Bytes(piece).subspan(static_cast<std::size_t>(seen)), tracker);
  }
}

void FileUses::skip_to(OpenFile& open, std::uint64_t offset, FileTracker* tracker) {
  if (offset <= open.expected) return;
  if (open.file != nullptr && open.file->is_open())
    tracker->gap(*open.file, offset - open.expected);
  open.expected = offset;
}

void FileUses::drop_queue(OpenFile& open) {
  queued_bytes_ -= open.queued_bytes;
  open.queued_bytes = 0;
  open.queue.clear();
}

}  // namespace culvert::smb
