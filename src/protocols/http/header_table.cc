#include "protocols/http/header_table.h"

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

}  // namespace

Field field_of(std::string_view name) {
  if (name.size() > kLongest) return Field::kOther;
  const Range range = kOfLength[name.size()];
  for (std::size_t i = range.begin; i < range.end; ++i) {
    if (equal_nocase(kFieldNames[i], name)) return static_cast<Field>(i);
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
