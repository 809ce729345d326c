// A Profile as a table for people and as JSON for programs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "insight/profile.h"

namespace culvert {

enum class ProfileOrder { kTicks, kAverage, kChecks, kMatches, kMost, kAverageNoMatch };
/// "ticks", "avg", "checks", "matches", "max", "avg-no-match": what the lists are sorted by.
std::optional<ProfileOrder> find_profile_order(std::string_view name);
inline constexpr std::string_view kProfileOrders = "ticks, avg, checks, matches, max, avg-no-match";

struct ProfileReportOptions {
  ProfileOrder order = ProfileOrder::kTicks;
  std::size_t rules = 25;  ///< listed; 0: all
  bool steps = false;      ///< the steps of each rule below it
  bool color = false;
};

std::string profile_text(Profile profile, const ProfileReportOptions& options);
std::string profile_json(Profile profile, const ProfileReportOptions& options);

}  // namespace culvert
