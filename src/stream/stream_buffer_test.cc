#include "stream/stream_buffer.h"

#include <gtest/gtest.h>

#include <string>

#include "stream/stream_buffer_twin.h"

namespace culvert {
namespace {

class StreamBufferTest : public ::testing::Test {
 protected:
  StreamBuffer::Outcome put(std::int64_t offset, std::string_view text,
                            OsPolicy policy = OsPolicy::kBsd) {
    return buffer.insert(blocks, segments, offset, as_bytes(text), policy, 0);
  }
  std::string from(std::uint64_t offset) {
    return std::string(as_text(buffer.in_order_from(segments, offset)));
  }
  BlockPool blocks{1u << 20};
  SegmentPool segments{blocks};
  StreamBuffer buffer{0};
};

TEST_F(StreamBufferTest, ClosesHoles) {
  put(0, "abc");
  put(6, "ghi");
  EXPECT_EQ(from(0), "abc");
  EXPECT_EQ(from(3), "");
  EXPECT_EQ(buffer.next_present(segments, 3), 6u);
  EXPECT_EQ(buffer.regions(segments), 2u);
  put(3, "def");
  EXPECT_EQ(from(0), "abcdefghi");
  EXPECT_EQ(from(4), "efghi");
}

TEST_F(StreamBufferTest, SaysWhatOverlaps) {
  put(0, "abcdef");
  EXPECT_FALSE(put(6, "gh").overlap);
  const auto same = put(2, "cde"), other = put(2, "xyz");
  EXPECT_TRUE(same.overlap);
  EXPECT_FALSE(same.different);
  EXPECT_TRUE(other.different);
  EXPECT_EQ(from(0), "abcdefgh");
}

TEST_F(StreamBufferTest, WhatWasHandedOverStays) {
  put(2, "cdef");
  buffer.insert(blocks, segments, 0, as_bytes("ABCDEF"), OsPolicy::kBsd, 4);
  EXPECT_EQ(from(0), "ABcdEF");
}

TEST_F(StreamBufferTest, DiscardedBytesDoNotComeBack) {
  put(0, "abcdef");
  buffer.discard(segments, 4);
  EXPECT_EQ(put(0, "abcd").result, StreamBuffer::Insert::kNothingNew);
  EXPECT_EQ(from(4), "ef");
  EXPECT_EQ(from(3), "");
  buffer.discard(segments, 10);
  EXPECT_TRUE(buffer.empty());
  put(10, "k");
  EXPECT_EQ(from(10), "k");
}

TEST_F(StreamBufferTest, ALongStreamSlidesThroughASmallBlock) {
  const std::string chunk(1000, 'x');
  for (std::int64_t i = 0; i < 2000; ++i) {
    ASSERT_EQ(put(i * 1000, chunk).result, StreamBuffer::Insert::kInserted) << i;
    if (i >= 2) buffer.discard(segments, static_cast<std::uint64_t>(i - 2) * 1000);
  }
  EXPECT_LT(blocks.used_bytes(), 100'000u);
}

TEST_F(StreamBufferTest, ManyHolesAreRefusedNotRemembered) {
  StreamBuffer::Insert last = StreamBuffer::Insert::kInserted;
  for (std::int64_t i = 0; i < 5000; ++i) last = put(i * 2, "x").result;
  EXPECT_EQ(last, StreamBuffer::Insert::kTooFar);
}

TEST_F(StreamBufferTest, ManySmallSegmentsInOrderAreFine) {
  for (std::int64_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(put(i, "x").result, StreamBuffer::Insert::kInserted);
  }
  EXPECT_EQ(from(0).size(), 5000u);
}

TEST_F(StreamBufferTest, FarAheadIsRefused) {
  put(0, "a");
  EXPECT_EQ(put(std::int64_t{1} << 30, "b").result, StreamBuffer::Insert::kTooFar);
}

TEST_F(StreamBufferTest, FullMemoryIsSaidAndRecovers) {
  BlockPool small(40960);
  SegmentPool few(small);
  StreamBuffer held(0);
  const std::string big(10000, 'x');
  std::int64_t at = 0;
  while (held.insert(small, few, at, as_bytes(big), OsPolicy::kBsd, 0).result ==
         StreamBuffer::Insert::kInserted) {
    at += 10000;
    ASSERT_LT(at, 100000);
  }
  held.discard(few, static_cast<std::uint64_t>(at));
  held.clear(small, few);
  StreamBuffer next(0);
  EXPECT_EQ(next.insert(small, few, 0, as_bytes("a"), OsPolicy::kBsd, 0).result,
            StreamBuffer::Insert::kInserted);
  next.clear(small, few);
}

TEST_F(StreamBufferTest, AgreesWithItsTwin) {
  std::uint64_t random = 99;
  for (int run = 0; run < 2000; ++run) {
    std::vector<std::byte> script(5 * 30);
    for (std::byte& byte : script) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      byte = static_cast<std::byte>(random >> 56);
    }
    const auto policy = static_cast<OsPolicy>(run % 13);
    const char* const difference = compare_with_twin(script, policy);
    ASSERT_EQ(difference, nullptr) << difference << " in run " << run;
  }
}

}  // namespace
}  // namespace culvert
