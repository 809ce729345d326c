#include "stream/overlap_policy.h"

#include <gtest/gtest.h>

#include <string>

namespace culvert {
namespace {

// An old segment "oooo" at [4, 8) and a new one of n's; what each target makes of it, as the reference
// was seen to reassemble it. Columns: the new segment starts at 2, 4, 6 and ends at 7, 8, 10.
struct Row {
  OsPolicy policy;
  const char* results[9];
};
constexpr const char* kBsd[9] = {
    "..nnnnno....", "..nnnnnn....", "..nnnnnnnn..", "....oooo....", "....oooo....",
    "....oooonn..", "....oooo....", "....oooo....", "....oooonn.."};
constexpr const char* kOldLinux[9] = {
    "..nnnnno....", "..nnnnnn....", "..nnnnnnnn..", "....oooo....", "....nnnn....",
    "....nnnnnn..", "....oooo....", "....oooo....", "....oooonn.."};
constexpr const char* kLinux[9] = {
    "..nnnnno....", "..nnnnnn....", "..nnnnnnnn..", "....oooo....", "....oooo....",
    "....nnnnnn..", "....oooo....", "....oooo....", "....oooonn.."};
constexpr const char* kSolaris[9] = {
    "..nnoooo....", "..nnnnnn....", "..nnnnnnnn..", "....oooo....", "....nnnn....",
    "....nnnnnn..", "....oooo....", "....oooo....", "....oonnnn.."};
constexpr const char* kVista[9] = {
    "..nnoooo....", "..nnoooo....", "..nnoooonn..", "....oooo....", "....oooo....",
    "....oooonn..", "....oooo....", "....oooo....", "....oooonn.."};

TEST(OverlapPolicy, TargetsAsObserved) {
  const std::pair<OsPolicy, const char* const*> rows[] = {
      {OsPolicy::kBsd, kBsd},           {OsPolicy::kBsdRight, kBsd},
      {OsPolicy::kOldLinux, kOldLinux}, {OsPolicy::kLinux, kLinux},
      {OsPolicy::kOldSolaris, kSolaris}, {OsPolicy::kSolaris, kSolaris},
      {OsPolicy::kHpux10, kBsd},        {OsPolicy::kHpux11, kSolaris},
      {OsPolicy::kIrix, kBsd},          {OsPolicy::kMacOs, kBsd},
      {OsPolicy::kWindows, kBsd},       {OsPolicy::kVista, kVista},
      {OsPolicy::kWindows2k3, kBsd},
  };
  for (const auto& [policy, results] : rows) {
    std::size_t column = 0;
    for (const int begin : {2, 4, 6}) {
      for (const int end : {7, 8, 10}) {
        std::string stream = "....oooo....";
        const bool wins = new_segment_wins(policy, begin - 4, end - 8);
        for (int i = begin; i < end; ++i) {
          char& byte = stream[static_cast<std::size_t>(i)];
          if (byte == '.' || wins) byte = 'n';
        }
        EXPECT_EQ(stream, results[column++]) << static_cast<int>(policy) << ' ' << begin << ' ' << end;
      }
    }
  }
}

}  // namespace
}  // namespace culvert
