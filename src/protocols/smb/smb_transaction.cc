#include "protocols/smb/smb_transaction.h"

#include <algorithm>
#include <iterator>

namespace culvert::smb {

static_assert(std::size(kEventNames) == static_cast<std::size_t>(Event::kTooManyTransactions) + 1);

FileId FileId::of(Bytes raw) {
  FileId id;
  id.size = static_cast<std::uint8_t>(std::min<std::size_t>(raw.size(), id.bytes.size()));
  for (std::size_t i = 0; i < id.size; ++i) id.bytes[i] = std::to_integer<std::uint8_t>(raw[i]);
  return id;
}

std::string FileId::text() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  const auto number = [&](std::size_t at, std::size_t width) {  // little endian
    for (std::size_t i = width; i-- > 0;) {
      out.push_back(kDigits[bytes[at + i] >> 4]);
      out.push_back(kDigits[bytes[at + i] & 15u]);
    }
  };
  if (size == 2) number(0, 2);
  if (size != 16) return out;
  number(0, 4), out += '-', number(4, 2), out += '-', number(6, 2), out += '-';
  number(8, 2), out += '-', number(10, 2), number(12, 4);
  return out;
}

}  // namespace culvert::smb
