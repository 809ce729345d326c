#include "event/json_writer.h"

#include <cmath>

namespace culvert {

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
