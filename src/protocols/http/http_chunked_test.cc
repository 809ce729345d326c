#include "protocols/http/http_chunked.h"

#include <gtest/gtest.h>

#include <string>

namespace culvert::http1 {
namespace {

using namespace std::string_view_literals;
using Kind = ChunkSize::Kind;

TEST(ChunkSize, IsReadAsTheReferenceReadsIt) {
  const struct {
    std::string_view text;
    Kind kind;
    std::uint64_t size;
    std::size_t line;
    bool extension = false;
  } cases[] = {
      {"5\r\nhello", Kind::kSize, 5, 3},
      {"0F\nx", Kind::kSize, 15, 3},
      {" \tf \r\n", Kind::kSize, 15, 6},
      {"\0\vf\r\n"sv, Kind::kSize, 15, 5},
      {"f\r\r\n", Kind::kSize, 15, 4},
      {"fx\r\n", Kind::kSize, 15, 4},
      {"0x10\r\n", Kind::kSize, 0, 6},
      {"5; a=b\r\n", Kind::kSize, 5, 8, true},
      {"00000000000000000000\r\n", Kind::kSize, 0, 22},
      {"ffffffff\r\n", Kind::kSize, 0xffffffff, 10},
      {"\r\n5\r\n", Kind::kBlank, 0, 2},
      {"zz\r\nabc", Kind::kInvalid, 0, 4},
      {"-3\r\n", Kind::kInvalid, 0, 4},
      {"X5O!P", Kind::kInvalid, 0, 0},
      {"5", Kind::kMore, 5, 0},
      {"", Kind::kMore, 0, 0},
      {" \r", Kind::kMore, 0, 0},
  };
  for (const auto& expected : cases) {
    const ChunkSize chunk = parse_chunk_size(expected.text);
    EXPECT_EQ(chunk.kind, expected.kind) << expected.text;
    if (expected.kind == Kind::kSize) {
      EXPECT_EQ(chunk.size, expected.size) << expected.text;
    }
    EXPECT_EQ(chunk.line_size, expected.line) << expected.text;
    EXPECT_EQ(chunk.has_extension, expected.extension) << expected.text;
  }
  EXPECT_EQ(parse_chunk_size("fffffffffffffffffffff\r\n").kind, Kind::kInvalid);
  const std::string endless = "1" + std::string(9000, ' ');
  EXPECT_EQ(parse_chunk_size(endless).kind, Kind::kInvalid);
}

}  // namespace
}  // namespace culvert::http1
