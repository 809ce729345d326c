#include "emulator/target_health.h"

namespace culvert::emulator {

std::string_view name_of(Health health) {
  switch (health) {
    case Health::kInitial:
      return "initial";
    case Health::kHealthy:
      return "healthy";
    case Health::kUnhealthy:
      return "unhealthy";
  }
  return "";
}

Health TargetHealth::on_check(bool passed) {
  passed_in_a_row_ = passed ? passed_in_a_row_ + 1 : 0;
  failed_in_a_row_ = passed ? 0 : failed_in_a_row_ + 1;
  if (health_ == Health::kInitial && passed) health_ = Health::kHealthy;
  if (passed_in_a_row_ >= healthy_threshold_) health_ = Health::kHealthy;
  if (failed_in_a_row_ >= unhealthy_threshold_) health_ = Health::kUnhealthy;
  return health_;
}

}  // namespace culvert::emulator
