// Any bytes as the objects of a message: behind their checksums no fuzzer of streams would get far.
#include "protocols/dnp3/dnp3_objects.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  dnp3::ObjectList list;
  list.parse(std::as_bytes(std::span(data, size)), {.max_objects = 64, .max_points = 1024});
  for (const dnp3::Object& object : list.objects) {
    ByteCursor in(object.data);
    volatile std::uint64_t sum = 0;
    const auto visit = [&](const dnp3::Field&, const dnp3::FieldValue& value) {
      sum = sum + value.number;
      for (const std::byte each : value.bytes) sum = sum + std::to_integer<unsigned>(each);
    };
    const std::uint32_t seen = dnp3::for_each_point(
        object, object.points, in, [](const dnp3::PointHead&) {}, visit, [] {});
    if (seen != object.points) __builtin_trap();
  }
  return 0;
}
