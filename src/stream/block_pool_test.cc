#include "stream/block_pool.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <vector>

namespace culvert {
namespace {

TEST(BlockPool, HandsOutPowersOfTwoUpToItsLimit) {
  BlockPool pool(4096);
  const auto a = pool.allocate(1), b = pool.allocate(513);
  EXPECT_EQ(a.size(), 512u);
  EXPECT_EQ(b.size(), 1024u);
  EXPECT_EQ(pool.used_bytes(), 1536u);
  EXPECT_TRUE(pool.allocate(4096).empty());
  pool.free(a);
  pool.free(b);
  EXPECT_EQ(pool.allocate(4096).size(), 4096u);
}

TEST(BlockPool, NothingLargerThanTheLargestBlock) {
  BlockPool pool(1u << 30);
  EXPECT_EQ(pool.allocate(BlockPool::kMaxBlock).size(), BlockPool::kMaxBlock);
  EXPECT_TRUE(pool.allocate(BlockPool::kMaxBlock + 1).empty());
}

TEST(BlockPool, BlocksNeverOverlapAndHalvesGrowTogetherAgain) {
  BlockPool pool(8u << 20);
  std::vector<std::span<std::byte>> held;
  std::uint64_t random = 7;
  const auto next = [&random](std::uint64_t below) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return (random >> 33) % below;
  };
  for (int i = 0; i < 20000; ++i) {
    if (held.empty() || next(2) == 0) {
      const auto block = pool.allocate(next(20000) + 1);
      if (block.empty()) continue;
      // Each block is filled with the number of its own address, and has to keep it.
      std::memset(block.data(), static_cast<int>(reinterpret_cast<std::uintptr_t>(block.data()) >> 9),
                  block.size());
      held.push_back(block);
    } else {
      const auto at = static_cast<std::size_t>(next(held.size()));
      const auto block = held[at];
      const auto mark = static_cast<std::byte>(reinterpret_cast<std::uintptr_t>(block.data()) >> 9);
      ASSERT_EQ(block.front(), mark);
      ASSERT_EQ(block.back(), mark);
      pool.free(block);
      held[at] = held.back();
      held.pop_back();
    }
  }
  for (const auto block : held) pool.free(block);
  EXPECT_EQ(pool.used_bytes(), 0u);
  EXPECT_EQ(pool.allocate(8u << 20).size(), 8u << 20);
}

/// A page in the middle of the reserved stretch that nobody was given is no memory yet.
TEST(BlockPool, SplittingTouchesOnlyWhatIsHandedOut) {
  BlockPool pool(64u << 20);
  const auto block = pool.allocate(512);
  block.front() = std::byte{1};
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  unsigned char resident = 0;
  ASSERT_EQ(mincore(block.data(), page, &resident), 0);
  EXPECT_EQ(resident & 1, 1);
  for (std::size_t at = 4u << 20; at < BlockPool::kMaxBlock; at *= 2) {  // huge pages have 2 MB
    ASSERT_EQ(mincore(block.data() + at, page, &resident), 0);
    EXPECT_EQ(resident & 1, 0) << at;
  }
}

}  // namespace
}  // namespace culvert
