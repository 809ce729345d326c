#include "files/file_ranges.h"

#include <algorithm>

namespace culvert {

FileRangesOptions parse_file_ranges(const ConfigNode& root, Complaints& complaints) {
  FileRangesOptions options;
  const std::string path = "app-layer.protocols.http.byterange.";
  options.memory = root.size(path + "memcap", options.memory, complaints);
  options.timeout = std::chrono::seconds(
      root.integer(path + "timeout", options.timeout.count(), complaints, 1, 1'000'000));
  return options;
}

std::unique_ptr<FileRanges::Part> FileRanges::begin(const Tenant& tenant, std::string_view name,
                                                    const FileRange& range, std::uint64_t total,
                                                    Timestamp now) {
  expire(now);
  if (range.end < range.start || range.end >= total) return nullptr;
  const std::uint64_t size = range.end - range.start + 1;
  if (size == total) return nullptr;  // nothing to put together
  if (size > options_.memory || used_ > options_.memory - size) {
    counters_.memory_full.add();
    return nullptr;
  }
  return std::unique_ptr<Part>(new Part(*this, tenant, name, range, total));
}

void FileRanges::append(Part& part, Bytes bytes) {
  const std::uint64_t room = part.size() - part.bytes.size();
  const Bytes fits =
      bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size())));
  part.bytes.insert(part.bytes.end(), fits.begin(), fits.end());
}

std::optional<std::vector<std::byte>> FileRanges::end(std::unique_ptr<Part> part, Timestamp now) {
  expire(now);
  if (part->bytes.size() < part->size()) return std::nullopt;
  auto whole = find(*part);
  if (whole == wholes_.end()) {
    if (wholes_.size() >= kMaxWholes) {
      counters_.memory_full.add();
      return std::nullopt;
    }
    whole =
        wholes_.insert(wholes_.end(), Whole{part->tenant, part->name, part->total, now, {}, {}});
  }
  whole->last_part = now;
  wholes_.splice(wholes_.end(), wholes_, whole);
  // Of two that begin at one place the longer one stays.
  const std::uint64_t before = size_of(*whole);
  std::vector<std::byte>& place = whole->rest[part->range.start];
  if (place.size() < part->bytes.size()) place.swap(part->bytes);
  const bool too_many = whole->rest.size() > kMaxStretches;
  merge(*whole);
  used_ += size_of(*whole) - before;
  if (too_many) {
    counters_.memory_full.add();
    forget(whole);
    return std::nullopt;
  }
  if (whole->front.size() != whole->total) return std::nullopt;
  counters_.wholes.add();
  used_ -= size_of(*whole);
  std::vector<std::byte> bytes = std::move(whole->front);
  wholes_.erase(whole);
  return bytes;
}

std::uint64_t FileRanges::size_of(const Whole& whole) {
  std::uint64_t size = whole.front.size();
  for (const auto& [position, bytes] : whole.rest) size += bytes.size();
  return size;
}

FileRanges::Wholes::iterator FileRanges::find(const Part& part) {
  return std::ranges::find_if(wholes_, [&](const Whole& whole) {
    return whole.total == part.total && whole.tenant == part.tenant && whole.name == part.name;
  });
}

/// Moves to the front what begins there or before; of what is there twice the first stays.
void FileRanges::merge(Whole& whole) {
  while (!whole.rest.empty() && whole.rest.begin()->first <= whole.front.size()) {
    const auto& [position, bytes] = *whole.rest.begin();
    const std::uint64_t known = whole.front.size() - position;
    if (known < bytes.size()) {
      const Bytes fresh = Bytes(bytes).subspan(static_cast<std::size_t>(known));
      whole.front.insert(whole.front.end(), fresh.begin(), fresh.end());
    }
    whole.rest.erase(whole.rest.begin());
  }
}

void FileRanges::expire(Timestamp now) {
  while (!wholes_.empty() && wholes_.front().last_part + options_.timeout < now) {
    counters_.timeouts.add();
    forget(wholes_.begin());
  }
}

void FileRanges::forget(Wholes::iterator whole) {
  used_ -= size_of(*whole);
  wholes_.erase(whole);
}

}  // namespace culvert
