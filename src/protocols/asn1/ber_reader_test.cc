#include "protocols/asn1/ber_reader.h"

#include <gtest/gtest.h>

#include "testing/hex.h"

namespace culvert {
namespace {

TEST(BerSize, ReadsDefiniteLengths) {
  using Status = BerSize::Status;
  const struct {
    const char* bytes;
    Status status;
    std::uint64_t size;
  } cases[] = {
      {"30 00", Status::kOk, 2},           {"30 7f", Status::kOk, 129},
      {"30 81 80", Status::kOk, 131},      {"30 84 ffffffff", Status::kOk, 0x100000005},
      {"", Status::kNeedMore, 0},          {"30", Status::kNeedMore, 0},
      {"30 82 01", Status::kNeedMore, 0},  {"30 80", Status::kMalformed, 0},
      {"30 85 01", Status::kMalformed, 0}, {"1f 01 00", Status::kMalformed, 0},
  };
  for (const auto& c : cases) {
    const auto bytes = hex(c.bytes);
    const BerSize size = ber_size(bytes);
    EXPECT_EQ(size.status, c.status) << c.bytes;
    EXPECT_EQ(size.size, c.size) << c.bytes;
  }
}

TEST(BerReader, StopsAtTheFirstThingThatIsWrong) {
  const auto bytes = hex("30 06 02 01 05 04 01 61  02 02 ff 7f");
  BerReader reader(bytes);
  BerReader inside = reader.inside(kBerSequence);
  EXPECT_EQ(inside.number(), 5);
  EXPECT_FALSE(inside.optional(kBerNull).has_value());
  EXPECT_EQ(as_text(inside.content(kBerOctetString)), "a");
  EXPECT_TRUE(inside.ok() && inside.empty());
  EXPECT_EQ(reader.number(), -129);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.number(), 0);
  EXPECT_FALSE(reader.ok());

  const auto cut = hex("30 05 02 01");
  BerReader broken(cut);
  EXPECT_FALSE(broken.inside(kBerSequence).ok());
}

TEST(BerObjectId, IsWrittenWithDots) {
  const std::pair<const char*, const char*> cases[] = {
      {"2b 06 01 02 01", "1.3.6.1.2.1"},
      {"88 37 83 80 00", "2.999.49152"},
      {"01", "0.1"},
      {"2b 86", ""},
      {"ffffffffffffffffffff7f", ""},
      {"", ""},
  };
  for (const auto& [bytes, text] : cases) EXPECT_EQ(ber_object_id(hex(bytes)), text) << bytes;
}

}  // namespace
}  // namespace culvert
