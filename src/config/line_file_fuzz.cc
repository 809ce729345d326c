// Any bytes as each of the files of lines: complaints perhaps, but no crash.
#include <cstdint>
#include <string_view>

#include "config/classification.h"
#include "config/reference.h"
#include "config/threshold_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  culvert::Complaints complaints;
  culvert::parse_classifications(text, "fuzz", complaints);
  culvert::parse_references(text, "fuzz", complaints);
  culvert::parse_threshold_file(text, "fuzz", complaints);
  return 0;
}
