#include "emulator/target_group.h"

#include "base/hash.h"

namespace culvert::emulator {

using Registration = Target::Registration;

std::string_view name_of(Registration registration) {
  switch (registration) {
    case Registration::kRegistered:
      return "registered";
    case Registration::kDraining:
      return "draining";
    case Registration::kUnused:
      return "unused";
  }
  return "";
}

TargetGroup::TargetGroup(const std::vector<std::uint32_t>& addresses, bool has_health_checks)
    : has_health_checks_(has_health_checks) {
  for (const std::uint32_t address : addresses) {
    Target target;
    target.address = address;
    target.health = has_health_checks ? Health::kInitial : Health::kHealthy;
    targets_.push_back(target);
  }
}

std::optional<std::size_t> TargetGroup::find(std::uint32_t address) const {
  for (std::size_t i = 0; i < targets_.size(); ++i)
    if (targets_[i].address == address) return i;
  return std::nullopt;
}

bool TargetGroup::has_healthy() const {
  for (const Target& target : targets_)
    if (target.registration == Registration::kRegistered && target.health == Health::kHealthy)
      return true;
  return false;
}

std::optional<std::size_t> TargetGroup::choose(std::uint64_t flow_hash) const {
  const bool any_state = !has_healthy();
  std::optional<std::size_t> best;
  std::uint64_t best_weight = 0;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const Target& target = targets_[i];
    if (target.registration != Registration::kRegistered) continue;
    if (!any_state && target.health != Health::kHealthy) continue;
    const std::uint64_t weight = mix64(flow_hash, target.address * 0x9e3779b97f4a7c15u | 1);
    if (!best || weight > best_weight) {
      best = i;
      best_weight = weight;
    }
  }
  return best;
}

Result<void> TargetGroup::register_target(std::uint32_t address) {
  const auto index = find(address);
  if (!index && targets_.size() >= EmulatorOptions::kMaxTargets)
    return failure("a target group has at most 300 targets");
  if (!index) targets_.emplace_back().address = address;
  Target& target = targets_[index.value_or(targets_.size() - 1)];
  target.registration = Registration::kRegistered;
  target.health = has_health_checks_ ? Health::kInitial : Health::kHealthy;
  return {};
}

Result<void> TargetGroup::deregister_target(std::uint32_t address, EmulatorTime now,
                                            EmulatorTime delay) {
  const auto index = find(address);
  if (!index || targets_[*index].registration != Registration::kRegistered)
    return failure(v4_text(address) + " is not a registered target");
  targets_[*index].registration = Registration::kDraining;
  targets_[*index].drained_at = now + delay;
  return {};
}

void TargetGroup::advance(EmulatorTime now) {
  for (Target& target : targets_)
    if (target.registration == Registration::kDraining && target.drained_at <= now)
      target.registration = Registration::kUnused;
}

}  // namespace culvert::emulator
