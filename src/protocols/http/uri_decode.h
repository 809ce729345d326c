// The steps of URI normalisation, in the order in which they are taken.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/arena.h"
#include "protocols/http/http_options.h"

namespace culvert::http1 {

/// The parts of a target (RFC 3986 section 3), as lenient servers divide it. Views; null: not there.
struct UriParts {
  std::string_view scheme, user, password, host, port, path, query, fragment;
  bool has_user = false;
};
/// "http:host" has a host, "http:/x" and "http:///x" only a path. A ":" without a port is the path's.
UriParts split_uri(std::string_view raw);

/// Text under construction, in an arena: no step makes it longer than what it is made from, so that its
/// room is known from the start. What does not fit is dropped.
class UriText {
 public:
  UriText(Arena& arena, std::size_t room)
      : data_(reinterpret_cast<char*>(arena.allocate(room))), room_(room) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {data_, size_}; }
  char& operator[](std::size_t i) { return data_[i]; }
  char back() const { return data_[size_ - 1]; }
  void push_back(char c) {
    if (size_ < room_) data_[size_++] = c;
  }
  void append(std::string_view text) {
    for (const char c : text) push_back(c);
  }
  /// REQUIRES: not more than size().
  void cut(std::size_t size) { size_ = size; }

 private:
  char* data_;
  std::size_t room_;
  std::size_t size_ = 0;
};

/// Percent escapes, "%u" escapes, backslashes, runs of slashes, letters; appends to `out`.
void decode_path(const HttpOptions& options, std::string_view in, UriText& out);
/// Escapes alone; for queries and fragments.
void decode_query(const HttpOptions& options, std::string_view in, bool plus_to_space,
                  UriText& out);
/// UTF-8, overlong forms as well, to the bytes that fit best; what follows `begin`, in place.
void fold_utf8(UriText& text, std::size_t begin, std::uint8_t replacement);
/// "." and ".." segments (RFC 3986 section 5.2.4) of what follows `begin`, in place. Unlike there, no slash stays behind a
/// segment that has gone at the end: "/a/b/.." is "/a", and "/a/.." is empty.
void remove_dot_segments(UriText& path, std::size_t begin);

}  // namespace culvert::http1
