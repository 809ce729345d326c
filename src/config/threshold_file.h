// threshold.config: how often rules alert, and for whom not, without touching the rules.
//
//     threshold gen_id 1, sig_id 2002087, type limit, track by_src, count 1, seconds 60
//     rate_filter gen_id 1, sig_id 10, track by_both, count 1, seconds 60, new_action drop, timeout
//     9 suppress gen_id 1, sig_id 2002087, track by_src, ip [10.0.0.0/8,!10.1.1.1]
//
// Syntax only: which rules the entries mean, and their addresses, is for who compiles the rules.
// Generator id 0 is every generator, rule id 0 every rule of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culvert {

enum class ThresholdVerb { kThreshold, kRateFilter, kSuppress };  ///< event_filter is kThreshold
enum class ThresholdType { kLimit, kThreshold, kBoth };
enum class ThresholdTrack {
  kNone,
  kBySource,
  kByDestination,
  kByEither,
  kByBoth,
  kByRule,
  kByFlow
};
enum class ThresholdAction { kAlert, kDrop, kPass, kReject };

struct ThresholdEntry {
  ThresholdVerb verb = ThresholdVerb::kThreshold;
  std::uint32_t gid = 0;
  std::uint32_t sid = 0;
  ThresholdTrack track = ThresholdTrack::kNone;          ///< kNone: suppress for all
  ThresholdType type = ThresholdType::kLimit;            ///< kThreshold
  std::uint32_t count = 0;                               ///< kThreshold, kRateFilter
  std::uint32_t seconds = 0;                             ///< kThreshold, kRateFilter
  ThresholdAction new_action = ThresholdAction::kAlert;  ///< kRateFilter
  std::uint32_t timeout_seconds = 0;                     ///< kRateFilter: how long new_action holds
  std::string addresses;                                 ///< kSuppress: an address set as in rules
  std::string where;                                     ///< "threshold.config:12"
};

std::vector<ThresholdEntry> parse_threshold_file(std::string_view text, const std::string& name,
                                                 Complaints& complaints);
std::vector<ThresholdEntry> load_threshold_file(const std::filesystem::path& file,
                                                Complaints& complaints);

}  // namespace culvert
