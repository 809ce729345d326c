// What can go wrong with an application protocol as such, before or beside its parser; in rules
// `app-layer-event:applayer_...`, in EVE anomaly records of the layer "proto_detect".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace culvert {

enum class AppEvent : std::uint8_t {
  kMismatchBothDirections,
  kWrongDirectionFirstData,
  kDetectedOneDirectionOnly,
  kDetectionSkipped,
  kNoTlsAfterStarttls,
  kUnexpectedProtocol,
  kLast = kUnexpectedProtocol,
};

constexpr std::array<std::string_view, static_cast<std::size_t>(AppEvent::kLast) + 1>
    kAppEventNames{"applayer_mismatch_protocol_both_directions",
                   "applayer_wrong_direction_first_data",
                   "applayer_detect_protocol_only_one_direction",
                   "applayer_proto_detection_skipped",
                   "applayer_no_tls_after_starttls",
                   "applayer_unexpected_protocol"};

constexpr std::string_view name_of(AppEvent event) {
  return kAppEventNames[static_cast<std::size_t>(event)];
}
constexpr std::optional<AppEvent> find_app_event(std::string_view name) {
  for (std::size_t i = 0; i < kAppEventNames.size(); ++i) {
    if (kAppEventNames[i] == name) return static_cast<AppEvent>(i);
  }
  return std::nullopt;
}

/// A set of them.
class AppEventSet {
 public:
  void add(AppEvent event) { bits_ = static_cast<std::uint8_t>(bits_ | bit(event)); }
  bool has(AppEvent event) const { return (bits_ & bit(event)) != 0; }
  bool empty() const { return bits_ == 0; }
  void clear() { bits_ = 0; }
  /// Bit `1 << event` for each.
  std::uint8_t bits() const { return bits_; }

 private:
  static constexpr unsigned bit(AppEvent event) { return 1u << static_cast<unsigned>(event); }
  std::uint8_t bits_ = 0;
};

}  // namespace culvert
