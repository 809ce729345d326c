// Texts of datasets: scanned, walked, printed; what is printed scans again to the same.
#include "detect/json_scan.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t at = 0;
  const auto value = scan_json(text, at);
  if (!value) return 0;
  static_cast<void>(value->members());
  static_cast<void>(value->items());
  static_cast<void>(value->plain());
  static_cast<void>(value->find("a.b"));
  const std::string compact = value->compact();
  std::size_t again = 0;
  const auto second = scan_json(compact, again);
  if (!second || second->compact() != compact) std::abort();
  return 0;
}
