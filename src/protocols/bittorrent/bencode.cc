#include "protocols/bittorrent/bencode.h"

#include <cstddef>

namespace culvert::bittorrent {
namespace {

constexpr int kMostDepth = 16;
constexpr int kMostDigits = 18;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

char BencodeReader::take() {
  if (rest_.empty()) {
    fail();
    return '\0';
  }
  const char c = std::to_integer<char>(rest_[0]);
  rest_ = rest_.subspan(1);
  return c;
}

void BencodeReader::enter(char kind) {
  if (take() != kind) fail();
}

bool BencodeReader::at_end() {
  if (!ok_ || rest_.empty()) {
    fail();
    return true;
  }
  if (rest_[0] != std::byte{'e'}) return false;
  rest_ = rest_.subspan(1);
  return true;
}

Bytes BencodeReader::string() {
  std::size_t size = 0;
  int digits = 0;
  char c = take();
  for (; is_digit(c) && digits < kMostDigits; ++digits) {
    size = size * 10 + static_cast<std::size_t>(c - '0');
    c = take();
  }
  if (c != ':' || digits == 0 || size > rest_.size()) {
    fail();
    return {};
  }
  const Bytes value = rest_.first(size);
  rest_ = rest_.subspan(size);
  return value;
}

std::int64_t BencodeReader::integer() {
  if (take() != 'i') fail();
  char c = take();
  const bool negative = c == '-';
  if (negative) c = take();
  std::int64_t value = 0;
  int digits = 0;
  for (; is_digit(c) && digits < kMostDigits; ++digits) {
    value = value * 10 + (c - '0');
    c = take();
  }
  if (c != 'e' || digits == 0) {
    fail();
    return 0;
  }
  return negative ? -value : value;
}

Bytes BencodeReader::skip() {
  const Bytes begin = rest_;
  int depth = 0;
  do {
    if (rest_.empty() || depth > kMostDepth) {
      fail();
      return {};
    }
    const char kind = std::to_integer<char>(rest_[0]);
    if (kind == 'l' || kind == 'd') {
      take();
      ++depth;
    } else if (kind == 'e') {
      take();
      --depth;
    } else if (kind == 'i') {
      integer();
    } else {
      string();
    }
  } while (ok_ && depth > 0);
  if (!ok_ || depth < 0) {
    fail();
    return {};
  }
  return begin.first(begin.size() - rest_.size());
}

}  // namespace culvert::bittorrent
