#include "detect/shared_table.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace culvert {
namespace {

SharedKey key_of(std::uint32_t address, std::uint64_t tenant = 0) {
  SharedKey key;
  key.a = IpAddress::v4(address);
  key.tenant.id = tenant;
  return key;
}

TEST(SharedTable, FindsWhatWasPutInAndTenantsNeverMeet) {
  SharedTable<int> table(1000);
  EXPECT_TRUE(table.empty());
  EXPECT_FALSE(table.find(key_of(1), [](int&) { return true; }));
  table.with(key_of(1), make_timestamp(1), [](int& value, bool is_new) {
    EXPECT_TRUE(is_new);
    value = 7;
  });
  EXPECT_FALSE(table.empty());
  EXPECT_TRUE(table.find(key_of(1), [](int& value) { return value == 7; }));
  EXPECT_FALSE(table.find(key_of(1, 5), [](int&) { return true; }));
  EXPECT_TRUE(table.find(key_of(1), [](int&) { return false; }));  // taken out
  EXPECT_FALSE(table.find(key_of(1), [](int&) { return true; }));
}

TEST(SharedTable, PairsAreTheSameEitherWay) {
  SharedKey one, other;
  one.set_pair(IpAddress::v4(1), IpAddress::v4(2));
  other.set_pair(IpAddress::v4(2), IpAddress::v4(1));
  EXPECT_EQ(one, other);
}

TEST(SharedTable, IsBoundedAndKeepsTheLatest) {
  SharedTable<int> table(1);
  const auto count = static_cast<std::uint32_t>(table.capacity() * 4);
  for (std::uint32_t i = 0; i < count; ++i) {
    table.with(key_of(i), make_timestamp(i), [](int&, bool) {});
  }
  EXPECT_TRUE(table.find(key_of(count - 1), [](int&) { return true; }));
  std::size_t kept = 0;
  for (std::uint32_t i = 0; i < count; ++i) kept += table.find(key_of(i), [](int&) { return true; });
  EXPECT_LE(kept, table.capacity());
  EXPECT_GT(kept, table.capacity() / 2);
}

TEST(SharedTable, CountsOnceForAllThreads) {
  SharedTable<int> table(100);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        table.with(key_of(9), make_timestamp(i), [](int& value, bool) { ++value; });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(table.find(key_of(9), [](int& value) {
    EXPECT_EQ(value, 4000);
    return true;
  }));
}

}  // namespace
}  // namespace culvert
