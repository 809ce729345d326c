// BER elements (X.690 section 8.1): tag (1 byte), length, content. The length is one byte up to
// 127; else that byte, without its highest bit, says how many bytes of length follow (1 to 4 here).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace culvert {

/// Universal tags; [n] of a context or application are 0x80 or 0x60 and more.
enum BerTag : std::uint8_t {
  kBerBoolean = 0x01,
  kBerInteger = 0x02,
  kBerBitString = 0x03,
  kBerOctetString = 0x04,
  kBerNull = 0x05,
  kBerObjectId = 0x06,
  kBerEnumerated = 0x0a,
  kBerSequence = 0x30,
  kBerSet = 0x31,
};

struct BerElement {
  std::uint8_t tag = 0;
  Bytes content;
};

/// What the first bytes of an element say about its size.
struct BerSize {
  enum class Status : std::uint8_t { kOk, kNeedMore, kMalformed } status = Status::kMalformed;
  std::uint64_t size = 0;  ///< of the whole element, with tag and length
  std::uint8_t header = 0;
};
BerSize ber_size(Bytes bytes);

/// Cuts elements off the front of a view, which must outlive it. An element that does not fit, or
/// has another tag than is asked for, spoils the reader: it gives empty elements, and ok() is
/// false.
class BerReader {
 public:
  explicit BerReader(Bytes bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  Bytes rest() const { return rest_; }
  /// The tag of the next element; 0: there is none.
  std::uint8_t next_tag() const {
    return !ok_ || rest_.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(rest_[0]);
  }

  BerElement next();
  /// The content of the next element, which has to be of this tag.
  Bytes content(std::uint8_t tag);
  /// The same, as a reader of what is in it.
  BerReader inside(std::uint8_t tag);
  /// The next element if it has this tag; else nothing, and the reader stays where it is.
  std::optional<Bytes> optional(std::uint8_t tag);
  /// An INTEGER or ENUMERATED of at most 8 bytes, two's complement.
  std::int64_t number(std::uint8_t tag = kBerInteger);
  void fail() {
    ok_ = false;
    rest_ = {};
  }

 private:
  Bytes rest_;
  bool ok_ = true;
};

/// The content of an INTEGER; nothing when it is empty or longer than 8 bytes.
std::optional<std::int64_t> ber_number(Bytes content);
/// The content of an OBJECT IDENTIFIER as "1.3.6.1"; empty when it is malformed.
std::string ber_object_id(Bytes content);

}  // namespace culvert
