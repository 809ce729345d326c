// How often a rule alerts: `threshold`, `detection_filter`, and the entries of threshold.config.
#pragma once

#include <cstdint>
#include <memory>

#include "packet/verdict.h"
#include "rule/address_set.h"

namespace culvert {

struct ThresholdSpec {
  enum class Kind : std::uint8_t { kLimit, kThreshold, kBoth, kBackoff, kDetectionFilter, kRateFilter, kSuppress };
  enum class Track : std::uint8_t { kSource, kDestination, kBoth, kRule, kFlow, kEither };
  Kind kind = Kind::kLimit;
  Track track = Track::kSource;
  std::uint32_t count = 1;
  std::uint32_t seconds = 60;
  std::uint32_t multiplier = 10;  ///< backoff
  // rate_filter
  std::uint32_t timeout_seconds = 0;
  enum class NewAction : std::uint8_t { kAlert, kDrop, kPass, kReject } new_action = NewAction::kAlert;
  // suppress
  bool suppress_all = false;
  std::shared_ptr<const AddressSet> addresses;
};

}  // namespace culvert
