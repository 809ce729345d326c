// A flat buffer of characters that only grows at its end: what JsonWriter and the event blocks
// write into. It starts with all the room that is needed in practice; a longer record makes it
// grow.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace culvert {

class TextBuffer {
 public:
  explicit TextBuffer(std::size_t capacity)
      : data_(std::make_unique_for_overwrite<char[]>(capacity)), capacity_(capacity) {}

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  /// Valid until the next call that writes.
  std::string_view text() const { return {data_.get(), size_}; }
  char back() const { return data_[size_ - 1]; }  ///< REQUIRES: size() > 0
  void clear() { size_ = 0; }
  /// REQUIRES: size <= size().
  void truncate(std::size_t size) { size_ = size; }

  /// Room for at least `size` more characters; write there, then advance().
  [[gnu::always_inline]] char* room(std::size_t size) {
    if (capacity_ - size_ < size) [[unlikely]]
      grow(size);
    return data_.get() + size_;
  }
  void advance(std::size_t size) { size_ += size; }

  void push_back(char c) {
    *room(1) = c;
    ++size_;
  }
  void append(std::string_view text) {
    if (text.empty()) return;
    std::memcpy(room(text.size()), text.data(), text.size());
    size_ += text.size();
  }

 private:
  [[gnu::noinline, gnu::cold]] void grow(std::size_t size) {
    const std::size_t capacity = std::max(capacity_ * 2, size_ + size);
    auto data = std::make_unique_for_overwrite<char[]>(capacity);
    std::memcpy(data.get(), data_.get(), size_);
    data_ = std::move(data);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_;
  std::size_t size_ = 0;
};

}  // namespace culvert
