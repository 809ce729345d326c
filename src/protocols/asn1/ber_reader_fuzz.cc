// Any bytes as elements: what is cut off adds up to what there was.
#include <cstddef>

#include "protocols/asn1/ber_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  BerReader reader(bytes);
  std::size_t content = 0;
  while (reader.ok() && !reader.empty()) {
    const BerElement element = reader.next();
    content += element.content.size();
    (void)ber_number(element.content);
    (void)ber_object_id(element.content);
  }
  if (content > size) __builtin_trap();
  return 0;
}
