#include "detect/threshold.h"

#include <bit>
#include <chrono>
#include <utility>

#include "base/hash.h"

namespace culvert {

ThresholdTable::ThresholdTable(std::size_t slots)
    : slots_(std::bit_ceil(slots)), seed_(random_seed()) {}

ThresholdTable::Slot& ThresholdTable::find(const Key& key, Timestamp now, bool& is_new) {
  constexpr std::size_t kProbes = 16;
  std::uint64_t hash = mix64(key.rule ^ seed_, key.flow + 0x9e3779b97f4a7c15u + key.place);
  hash = key.b.hash(key.a.hash(hash ^ key.tenant.id));
  Slot* oldest = nullptr;
  for (std::size_t i = 0; i < kProbes; ++i) {
    Slot& slot = slots_[(hash + i) & (slots_.size() - 1)];
    if (slot.used && slot.key == key) {
      is_new = false;
      slot.last = now;
      return slot;
    }
    if (oldest == nullptr || (oldest->used && (!slot.used || slot.last < oldest->last))) {
      oldest = &slot;
    }
  }
  is_new = true;
  *oldest = Slot{};
  oldest->key = key;
  oldest->used = true;
  oldest->begin = oldest->last = now;
  return *oldest;
}

ThresholdOutcome ThresholdTable::count(const ThresholdSpec& spec, std::uint64_t rule,
                                       std::uint8_t place, const ThresholdSubject& subject) {
  Key key;
  key.rule = rule;
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
      key.a = subject.source;
      key.b = subject.destination;
      if (key.b < key.a) std::swap(key.a, key.b);
      break;
    case ThresholdSpec::Track::kFlow:
      key.flow = subject.flow_id;
      break;
    case ThresholdSpec::Track::kRule:
      break;
  }
  const Timestamp now = subject.time;
  bool is_new = false;
  Slot& slot = find(key, now, is_new);
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
