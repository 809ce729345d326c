// Counts how often rules match for an address, a pair, a flow or at all, and says whether this match
// makes an alert: `threshold`, `detection_filter`, and `rate_filter` and `suppress` of
// threshold.config. Tenants are counted apart. One table a worker.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "detect/threshold_spec.h"
#include "net/address.h"
#include "packet/packet.h"

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
  /// A fixed number of counts; the one that has been idle longest makes room. Allocated at once.
  explicit ThresholdTable(std::size_t slots);

  /// `rule` tells the rules apart; `place` the specs of one rule (its own, the file's ...).
  ThresholdOutcome count(const ThresholdSpec& spec, std::uint64_t rule, std::uint8_t place,
                         const ThresholdSubject& subject);
  static bool is_suppressed(const ThresholdSpec& spec, const ThresholdSubject& subject);

 private:
  struct Key {
    IpAddress a, b;
    Tenant tenant;
    std::uint64_t rule = 0;
    std::uint64_t flow = 0;
    std::uint8_t place = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Slot {
    Key key;
    Timestamp begin{}, last{}, timeout{};
    std::uint32_t count = 0;
    std::uint32_t next = 0;  ///< backoff: the count that alerts next
    bool used = false;
    bool in_timeout = false;
  };
  Slot& find(const Key& key, Timestamp now, bool& is_new);

  std::vector<Slot> slots_;
  std::uint64_t seed_;
};

}  // namespace culvert
