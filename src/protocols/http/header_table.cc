#include "protocols/http/header_table.h"

#include <bit>
#include <cstring>

#include "base/ascii_case.h"
#include "protocols/http/http_text.h"

namespace culvert::http1 {
namespace {

// As in Field: by length, those of one length side by side.
constexpr std::array<std::string_view, kFields> kFieldNames{"Host",
                                                            "Accept",
                                                            "Cookie",
                                                            "Server",
                                                            "Referer",
                                                            "Upgrade",
                                                            "Location",
                                                            "Connection",
                                                            "Set-Cookie",
                                                            "User-Agent",
                                                            "Content-Type",
                                                            "Authorization",
                                                            "Content-Range",
                                                            "Content-Length",
                                                            "Accept-Encoding",
                                                            "Accept-Language",
                                                            "X-Forwarded-For",
                                                            "Content-Encoding",
                                                            "Transfer-Encoding",
                                                            "Content-Disposition"};
constexpr std::size_t kLongest = 19;

/// Which of kFieldNames have that length: from the first to behind the last.
struct Range {
  std::uint8_t begin = 0, end = 0;
};
constexpr std::array<Range, kLongest + 1> kOfLength = [] {
  std::array<Range, kLongest + 1> ranges{};
  for (std::uint8_t i = 0; i < kFields; ++i) {
    Range& range = ranges[kFieldNames[i].size()];
    if (range.end == 0) range.begin = i;
    range.end = static_cast<std::uint8_t>(i + 1);
  }
  return ranges;
}();

/// A name of 4 to 24 bytes in words, which may overlap.
struct Words {
  std::uint64_t front, middle, back;
};
template <class Load>
constexpr Words words_of(std::size_t size, Load&& load) {
  if (size < 8) return {load(0, 4), 0, load(size - 4, 4)};
  return {load(0, 8), size > 16 ? load(8, 8) : 0, load(size - 8, 8)};
}

/// A known name, and the bits by which its letters may differ from it.
struct Known {
  Words name, case_bits;
};
constexpr std::array<Known, kFields> kKnown = [] {
  std::array<Known, kFields> known{};
  for (std::size_t i = 0; i < kFields; ++i) {
    const std::string_view name = kFieldNames[i];
    const auto word = [&](std::size_t at, std::size_t size, bool of_case) {
      std::array<std::uint8_t, 8> bytes{};
      for (std::size_t k = 0; k < size; ++k) {
        const auto byte = static_cast<std::uint8_t>(name[at + k]);
        bytes[k] = !of_case ? byte : is_ascii_letter(byte) ? 'a' - 'A' : 0;
      }
      return std::bit_cast<std::uint64_t>(bytes);
    };
    known[i] = {
        words_of(name.size(), [&](std::size_t at, std::size_t n) { return word(at, n, false); }),
        words_of(name.size(), [&](std::size_t at, std::size_t n) { return word(at, n, true); })};
  }
  return known;
}();

}  // namespace

Field field_of(std::string_view name) {
  if (name.size() > kLongest) return Field::kOther;
  const Range range = kOfLength[name.size()];
  if (range.begin == range.end) return Field::kOther;
  const Words words = words_of(name.size(), [&](std::size_t at, std::size_t size) {
    std::uint64_t word = 0;
    std::memcpy(&word, name.data() + at, size);
    return word;
  });
  for (std::size_t i = range.begin; i < range.end; ++i) {
    const auto& [known, case_bits] = kKnown[i];
    const std::uint64_t differs = ((words.front ^ known.front) & ~case_bits.front) |
                                  ((words.middle ^ known.middle) & ~case_bits.middle) |
                                  ((words.back ^ known.back) & ~case_bits.back);
    if (differs == 0) return static_cast<Field>(i);
  }
  return Field::kOther;
}

const Header* HeaderTable::find_other(std::string_view name) const {
  for (const Header& header : fields_) {
    if (equal_nocase(header.name, name)) return &header;
  }
  return nullptr;
}

const Header* HeaderTable::find(std::string_view name) const {
  const Field field = field_of(name);
  return field == Field::kOther ? find_other(name) : find(field);
}

}  // namespace culvert::http1
