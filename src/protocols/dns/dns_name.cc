#include "protocols/dns/dns_name.h"

#include <algorithm>

namespace culvert::dns {

void NameText::append(Bytes more) {
  std::ranges::copy(more, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += more.size();
}

void NameText::assign_labels(Bytes labels) {
  size_ = labels.size() - 2;
  std::ranges::copy(labels.subspan(1, size_), bytes_.begin());
  // Each length but the first becomes a dot.
  for (std::size_t at = 1 + std::to_integer<std::size_t>(labels[0]); at <= size_;
       at += 1 + std::to_integer<std::size_t>(labels[at])) {
    bytes_[at - 1] = std::byte{'.'};
  }
}

namespace {

/// Size of the labels at `offset` with the zero behind, when they are short and without pointers,
/// as most names; else 0.
std::size_t plain_size(Bytes message, std::size_t offset) {
  constexpr std::size_t kMostBytes = 256;  // of as many labels no limit is met
  if (offset >= message.size()) return 0;
  const Bytes from = message.subspan(offset);
  const std::size_t end = std::min(from.size(), kMostBytes);
  std::size_t at = 0;
  while (at < end) {
    const auto length = std::to_integer<std::size_t>(from[at]);
    if (length == 0) return at + 1;
    if (length > 63) return 0;
    at += 1 + length;
  }
  return 0;
}

/// `text` is null when it is not wanted.
template <bool kWantsText>
NameResult walk_name(Bytes message, std::size_t offset, [[maybe_unused]] NameText* text) {
  NameResult result;
  std::size_t at = offset;
  std::size_t size = 0;  // of the text
  bool jumped = false;
  const auto append = [&](Bytes bytes) {
    const std::size_t room = kMaxNameText - size;
    if (bytes.size() > room) {
      bytes = bytes.first(room);
      result.cut = result.too_long = true;
    }
    size += bytes.size();
    if constexpr (kWantsText) text->append(bytes);
  };
  constexpr std::byte kDot[] = {std::byte{'.'}};

  for (unsigned step = 0;; ++step) {
    if (at >= message.size()) return {};
    const auto length = std::to_integer<std::size_t>(message[at]);
    if (length == 0) {
      if (!jumped) result.end = at + 1;
      result.ok = true;
      return result;
    }
    if (step == kMaxNameSteps) {
      // After a pointer it is known where the name ends, so that the rest can be read.
      result.ok = result.cut = result.too_long = result.too_many_labels = jumped;
      return result;
    }
    switch (length & 0xc0u) {
      case 0x00: {
        if (message.size() - at - 1 < length) return {};
        if (size > 0) append(kDot);
        append(message.subspan(at + 1, length));
        at += 1 + length;
        break;
      }
      case 0xc0: {
        if (message.size() - at < 2) return {};
        const std::size_t target =
            (length & 0x3fu) << 8 | std::to_integer<std::size_t>(message[at + 1]);
        if (target == at || target >= message.size()) return {};
        if (!jumped) result.end = at + 2;
        jumped = true;
        at = target;
        break;
      }
      default:
        return {};
    }
  }
}

}  // namespace

NameResult read_name(Bytes message, std::size_t offset, NameText* text) {
  if (const std::size_t size = plain_size(message, offset); size > 1) {
    if (text != nullptr) text->assign_labels(message.subspan(offset, size));
    return {.ok = true, .end = offset + size};
  }
  if (text == nullptr) return walk_name<false>(message, offset, nullptr);
  text->clear();
  return walk_name<true>(message, offset, text);
}

}  // namespace culvert::dns
