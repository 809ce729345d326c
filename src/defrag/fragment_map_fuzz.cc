// Any fragments: the map and its twin say the same.
#include <cstdlib>

#include "base/byte_cursor.h"
#include "defrag/fragment_map.h"
#include "defrag/fragment_twin.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  ByteCursor in(std::as_bytes(std::span(data, size)));
  const auto policy = static_cast<FragmentPolicy>(in.u8() % 7);
  FragmentMap map;
  FragmentTwin twin;
  while (!in.empty()) {
    const std::uint32_t offset = in.u8() * 4u;
    const std::uint8_t shape = in.u8();
    const Bytes bytes = in.take(std::min<std::size_t>(shape & 0x3f, in.size()));
    const bool last = (shape & 0x80) != 0;
    if (map.add(bytes, offset, last, policy) == FragmentMap::Outcome::kTooLarge) std::abort();
    twin.add(bytes, offset, last, policy);
  }
  if (map.is_complete() != twin.is_complete()) std::abort();
  if (!map.is_complete()) return 0;
  std::vector<std::byte> out;
  map.append_to(out);
  if (as_text(out) != twin.text()) std::abort();
  return 0;
}
