// Domain names on the wire, RFC 1035 sections 3.1 and 4.1.4: labels with a length before each, and
// pointers to the rest of a name that came earlier (or, in crafted messages, anywhere).
//
//     03 'w' 'w' 'w'  07 'e' 'x' 'a' 'm' 'p' 'l' 'e'  03 'c' 'o' 'm'  00      "www.example.com"
//     04 'm' 'a' 'i' 'l'  c0 10                      the pointer: "mail.example.com"
//
// As text a name is its labels with dots between them, bytes as they are; the root is "".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace culvert::dns {

/// A longer text is cut there, as the reference does. The RFC's limit is 255, which is not kept.
constexpr std::size_t kMaxNameText = 1025;
/// Labels and pointers together; more are a loop, or as good as one.
constexpr unsigned kMaxNameSteps = 255;

struct NameResult {
  bool ok = false;               ///< false: malformed, there is no name
  bool cut = false;              ///< the text is not all of it
  bool too_long = false;         ///< event name_too_long
  bool too_many_labels = false;  ///< event too_many_labels
  std::size_t end = 0;           ///< offset of what follows the name
};

/// Room for the text of a name; on the stack.
class NameText {
 public:
  Bytes bytes() const { return Bytes(bytes_).first(size_); }
  void clear() { size_ = 0; }
  std::size_t size() const { return size_; }
  /// REQUIRES: size() + more.size() <= kMaxNameText.
  void append(Bytes more);
  /// Of a name without pointers: its labels as on the wire, from the first one's length on to the
  /// zero that ends them. REQUIRES: at least one label, and at most kMaxNameText bytes.
  void assign_labels(Bytes labels);

 private:
  std::size_t size_ = 0;
  std::array<std::byte, kMaxNameText> bytes_;
};

/// Walks the name at `offset` of `message`. Puts its text into `text`, unless that is null.
NameResult read_name(Bytes message, std::size_t offset, NameText* text);

}  // namespace culvert::dns
