#include "detect/set_classes.h"

#include <gtest/gtest.h>

#include <random>

namespace culvert {
namespace {

TEST(PortClasses, SayOfEachPortWhichSetsHaveIt) {
  std::mt19937 random(3);
  const auto port = [&] { return static_cast<std::uint16_t>(random()); };
  std::vector<std::shared_ptr<const PortSet>> sets = {
      std::make_shared<const PortSet>(std::vector<PortSet::Interval>{{0, 0}, {63, 64}}),
      std::make_shared<const PortSet>(std::vector<PortSet::Interval>{{53, 53}, {65535, 65535}}),
      std::make_shared<const PortSet>(std::vector<PortSet::Interval>{{1024, 65535}}),
  };
  for (int i = 0; i < 40; ++i) {
    const std::uint16_t a = port(), b = port();
    sets.push_back(std::make_shared<const PortSet>(
        std::vector<PortSet::Interval>{{std::min(a, b), std::max(a, b)}}));
  }
  PortClasses classes;
  std::vector<std::uint16_t> numbers;
  for (const auto& set : sets) numbers.push_back(classes.add(set));
  classes.build();
  std::vector<std::uint32_t> sizes(classes.class_count());
  for (std::uint32_t each = 0; each < 65536; ++each) {
    const auto value = static_cast<std::uint16_t>(each);
    const SetRow row = classes.row_of_class(classes.class_of(value));
    ++sizes[classes.class_of(value)];
    for (std::size_t i = 0; i < sets.size(); ++i) {
      ASSERT_EQ(row.has(numbers[i]), sets[i]->contains(value)) << each << " in set " << i;
    }
  }
  for (std::uint32_t i = 0; i < sizes.size(); ++i) EXPECT_EQ(classes.size_of_class(i), sizes[i]);
}

}  // namespace
}  // namespace culvert
