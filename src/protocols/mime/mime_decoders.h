// The transfer encodings of MIME (RFC 2045 section 6): base64 over any line breaks, and
// quoted-printable line by line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace culvert::mime {

/// Base64 as mail readers take it: characters that do not belong to it are skipped, and padding
/// ends a group of four, not the content.
class Base64Decoder {
 public:
  /// Appends what `in` gives to `out`. False: padding where none can be. It stays so.
  bool decode(Bytes in, std::vector<std::byte>& out);
  /// At the end: the bytes of a group that was cut short. 2 characters give one, 3 give two.
  void finish(std::vector<std::byte>& out);
  void reset() { *this = {}; }
  bool has_failed() const { return failed_; }

 private:
  std::uint32_t group_ = 0;  ///< 6 bits a character
  std::uint8_t count_ = 0;   ///< characters in it, padding counted
  std::uint8_t padding_ = 0;
  bool failed_ = false;
};

/// One line of quoted-printable, without its line ending; appended to `out`.
struct QuotedPrintableLine {
  bool soft_break = false;     ///< the line ending does not count
  std::uint32_t mistakes = 0;  ///< "=" followed by what is not hexadecimal: left out
};
QuotedPrintableLine decode_quoted_printable(Bytes line, std::vector<std::byte>& out);

}  // namespace culvert::mime
