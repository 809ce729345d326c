// Counts how often rules match for an address, a pair, a flow or at all, and says whether this match
// makes an alert: `threshold`, `detection_filter`, and `rate_filter` and `suppress` of
// threshold.config. Tenants are counted apart. One table for all workers.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "detect/shared_table.h"
#include "detect/threshold_spec.h"

namespace culvert {

/// Whom a match is about.
struct ThresholdSubject {
  IpAddress source, destination;
  Tenant tenant;
  std::uint64_t flow_id = 0;
  Timestamp time{};
};

enum class ThresholdOutcome : std::uint8_t {
  kAlert,
  kSilent,   ///< no alert, but the action is taken
  kNothing,  ///< as if the rule had not matched
  kNewAction ///< rate_filter: alert, with its action
};

class ThresholdTable {
 public:
  /// A fixed number of counts; the one that has been idle longest makes room.
  explicit ThresholdTable(std::size_t slots) : counts_(slots) {}

  /// `rule` tells the rules apart; `place` the specs of one rule (its own, the file's ...).
  ThresholdOutcome count(const ThresholdSpec& spec, std::uint64_t rule, std::uint8_t place,
                         const ThresholdSubject& subject);
  static bool is_suppressed(const ThresholdSpec& spec, const ThresholdSubject& subject);

 private:
  struct Count {
    Timestamp begin, timeout;
    std::uint32_t count;
    std::uint32_t next;  ///< backoff: the count that alerts next
    bool in_timeout;
  };
  static ThresholdOutcome count(const ThresholdSpec& spec, Count& slot, bool is_new, Timestamp now);

  SharedTable<Count> counts_;
};

}  // namespace culvert
