#include "emulator/sent_packets.h"

namespace culvert::emulator {

void SentPackets::add(const Entry& entry) {
  forget_old(entry.sent_at);
  entries_.push_back(entry);
}

SentPackets::Entry* SentPackets::find(std::uint64_t inner_hash) {
  Entry* returned = nullptr;
  for (std::size_t i = first_; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (entry.inner_hash != inner_hash) continue;
    if (!entry.returned) return &entry;
    if (returned == nullptr) returned = &entry;
  }
  return returned;
}

void SentPackets::forget_old(EmulatorTime now) {
  // Returned packets at the front are kept a little, to tell a second return from an invention.
  constexpr std::size_t kKeptReturned = 32;
  const auto done_with = [&](std::size_t i) {
    return entries_[i].sent_at + kMemory < now || entries_.size() - first_ >= kMaxPackets ||
           (entries_[i].returned && entries_.size() - i > kKeptReturned);
  };
  while (first_ < entries_.size() && done_with(first_)) ++first_;
  if (first_ > 256 && first_ * 2 > entries_.size()) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

}  // namespace culvert::emulator
