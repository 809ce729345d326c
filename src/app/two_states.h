// States of protocols whose messages begin and end, with nothing in between that rules could name.
#pragma once

#include <cstdint>
#include <string_view>

namespace culvert {

struct TwoStates {
  static constexpr std::string_view kRequestStates[] = {"request_started", "request_complete"};
  static constexpr std::string_view kResponseStates[] = {"response_started", "response_complete"};
  static constexpr std::uint8_t kComplete = 1;
};

}  // namespace culvert
