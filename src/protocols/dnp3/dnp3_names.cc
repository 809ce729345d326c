#include "protocols/dnp3/dnp3_names.h"

#include <iterator>

#include "rule/value.h"

namespace culvert::dnp3 {
namespace {

// From 0 on.
constexpr std::string_view kRequests[] = {"confirm",
                                          "read",
                                          "write",
                                          "select",
                                          "operate",
                                          "direct_operate",
                                          "direct_operate_nr",
                                          "immed_freeze",
                                          "immed_freeze_nr",
                                          "freeze_clear",
                                          "freeze_clear_nr",
                                          "freeze_at_time",
                                          "freeze_at_time_nr",
                                          "cold_restart",
                                          "warm_restart",
                                          "initialize_data",
                                          "initialize_appl",
                                          "start_appl",
                                          "stop_appl",
                                          "save_config",
                                          "enable_unsolicited",
                                          "disable_unsolicited",
                                          "assign_class",
                                          "delay_measure",
                                          "record_current_time",
                                          "open_file",
                                          "close_file",
                                          "delete_file",
                                          "get_file_info",
                                          "authenticate_file",
                                          "abort_file",
                                          "activate_config",
                                          "authenticate_req",
                                          "authenticate_err"};
constexpr std::string_view kResponses[] = {"response", "unsolicited_response", "authenticate_resp"};

}  // namespace

std::optional<std::uint8_t> find_function(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kRequests); ++i) {
    if (equals_ignoring_case(name, kRequests[i])) return static_cast<std::uint8_t>(i);
  }
  for (std::size_t i = 0; i < std::size(kResponses); ++i) {
    if (equals_ignoring_case(name, kResponses[i])) return static_cast<std::uint8_t>(kResponse + i);
  }
  return std::nullopt;
}

}  // namespace culvert::dnp3
