// Packet times as the logs print them, in the local time zone.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace culvert {

/// One a worker: it keeps the text of the last second, as most records share theirs with the one
/// before. The zone's offset is looked up once for each quarter of an hour that times fall into.
class TimeText {
 public:
  /// "2026-11-21T06:30:22.123456+0000", for EVE. Valid until the next call.
  std::string_view iso(Timestamp time);
  /// "11/21/2026-06:30:22.123456", for fast.log.
  std::string_view log(Timestamp time);
  static constexpr std::size_t kIsoSize = 31;
  static constexpr std::size_t kLogSize = 26;

 private:
  void set_second(std::int64_t second);

  std::int64_t second_ = INT64_MIN;
  std::int64_t quarter_ = INT64_MIN;  ///< of the hour, that offset_seconds_ holds for
  std::int64_t offset_seconds_ = 0;   ///< east of UTC
  char iso_[kIsoSize] = {};
  char log_[kLogSize] = {};
};

}  // namespace culvert
