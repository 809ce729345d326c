#include "detect/threshold.h"

#include <chrono>

namespace culvert {

ThresholdOutcome ThresholdTable::count(const ThresholdSpec& spec, std::uint64_t rule,
                                       std::uint8_t place, const ThresholdSubject& subject) {
  SharedKey key;
  key.id = rule;
  key.place = place;
  key.tenant = subject.tenant;
  switch (spec.track) {
    case ThresholdSpec::Track::kSource:
      key.a = subject.source;
      break;
    case ThresholdSpec::Track::kDestination:
      key.a = subject.destination;
      break;
    case ThresholdSpec::Track::kBoth:
    case ThresholdSpec::Track::kEither:
      key.set_pair(subject.source, subject.destination);
      break;
    case ThresholdSpec::Track::kFlow:
      key.flow = subject.flow_id;
      break;
    case ThresholdSpec::Track::kRule:
      break;
  }
  return counts_.with(key, subject.time, [&](Count& slot, bool is_new) {
    return count(spec, slot, is_new, subject.time);
  });
}

ThresholdOutcome ThresholdTable::count(const ThresholdSpec& spec, Count& slot, bool is_new,
                                       Timestamp now) {
  const bool expired = now > slot.begin + std::chrono::seconds(spec.seconds);
  if (is_new || (expired && spec.kind != ThresholdSpec::Kind::kBackoff)) {
    slot.begin = now;
    slot.count = 0;
  }
  ++slot.count;
  switch (spec.kind) {
    case ThresholdSpec::Kind::kLimit:
      return slot.count <= spec.count ? ThresholdOutcome::kAlert : ThresholdOutcome::kSilent;
    case ThresholdSpec::Kind::kThreshold:
      if (slot.count < spec.count) return ThresholdOutcome::kNothing;
      slot.count = 0;
      return ThresholdOutcome::kAlert;
    case ThresholdSpec::Kind::kBoth:
      if (slot.count == spec.count) return ThresholdOutcome::kAlert;
      return slot.count > spec.count ? ThresholdOutcome::kSilent : ThresholdOutcome::kNothing;
    case ThresholdSpec::Kind::kBackoff:
      if (is_new) slot.next = spec.count;
      if (slot.count < slot.next) return ThresholdOutcome::kSilent;
      if (slot.next <= ~std::uint32_t{0} / spec.multiplier) slot.next *= spec.multiplier;
      return ThresholdOutcome::kAlert;
    case ThresholdSpec::Kind::kDetectionFilter:
      return slot.count > spec.count ? ThresholdOutcome::kAlert : ThresholdOutcome::kNothing;
    case ThresholdSpec::Kind::kRateFilter:
      if (slot.in_timeout) {
        if (now <= slot.timeout + std::chrono::seconds(spec.timeout_seconds)) {
          return ThresholdOutcome::kNewAction;
        }
        slot.in_timeout = false;
        slot.begin = now;
        slot.count = 1;
      }
      if (slot.count <= spec.count) return ThresholdOutcome::kAlert;
      slot.in_timeout = true;
      slot.timeout = now;
      return ThresholdOutcome::kNewAction;
    case ThresholdSpec::Kind::kSuppress:
      return ThresholdOutcome::kAlert;
  }
  return ThresholdOutcome::kAlert;
}

bool ThresholdTable::is_suppressed(const ThresholdSpec& spec, const ThresholdSubject& subject) {
  if (spec.suppress_all) return true;
  const bool source = spec.addresses->contains(subject.source);
  const bool destination = spec.addresses->contains(subject.destination);
  switch (spec.track) {
    case ThresholdSpec::Track::kSource:
      return source;
    case ThresholdSpec::Track::kDestination:
      return destination;
    default:
      return source || destination;
  }
}

}  // namespace culvert
