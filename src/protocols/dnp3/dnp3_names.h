// Functions of the application layer and internal indications (IEEE 1815
// sections 4.2.2.5, 4.2.2.6), as rules and EVE spell them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace culvert::dnp3 {

enum Function : std::uint8_t { kConfirm = 0, kResponse = 129, kUnsolicitedResponse = 130 };

std::optional<std::uint8_t> find_function(std::string_view name);

/// In the order in which EVE lists them.
inline constexpr std::pair<std::string_view, std::uint16_t> kIndications[] = {
    {"device_restart", 0x8000},
    {"device_trouble", 0x4000},
    {"local_control", 0x2000},
    {"need_time", 0x1000},
    {"class_3_events", 0x0800},
    {"class_2_events", 0x0400},
    {"class_1_events", 0x0200},
    {"all_stations", 0x0100},
    {"reserved_1", 0x0080},
    {"reserved_2", 0x0040},
    {"config_corrupt", 0x0020},
    {"already_executing", 0x0010},
    {"event_buffer_overflow", 0x0008},
    {"parameter_error", 0x0004},
    {"object_unknown", 0x0002},
    {"no_func_code_support", 0x0001},
};

}  // namespace culvert::dnp3
