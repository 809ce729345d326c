#include "event/json_writer.h"

#include <charconv>
#include <cmath>

namespace culvert {

void JsonWriter::write_string(std::string_view value) {
  const std::size_t size = value.size();
  if (plain_prefix(value) != size) {
    quoted([&] { append_json_escaped(out_, value); });
    return;
  }
  char* const to = out_.room(size + 2);
  to[0] = '"';
  if (size != 0) std::memcpy(to + 1, value.data(), size);
  to[size + 1] = '"';
  out_.advance(size + 2);
}

void JsonWriter::write_double(double value) {
  if (!std::isfinite(value)) return out_.append("null");
  char* const begin = out_.room(32);
  char* end = std::to_chars(begin, begin + 30, value).ptr;
  // 1.0, not 1: readers keep the type of a field.
  if (std::string_view(begin, static_cast<std::size_t>(end - begin)).find_first_of(".e") ==
      std::string_view::npos) {
    *end++ = '.';
    *end++ = '0';
  }
  out_.advance(static_cast<std::size_t>(end - begin));
}

}  // namespace culvert
