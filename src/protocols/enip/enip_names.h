// Names of the numbers of EtherNet/IP and CIP, or "unknown-7".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace culvert::enip {

using NumberName = std::pair<std::uint32_t, std::string_view>;

bool is_command(std::uint16_t command);
std::string name_of_command(std::uint16_t command);
std::string name_of_status(std::uint32_t status);
std::string name_of_vendor(std::uint16_t vendor);
std::string name_of_device_type(std::uint16_t type);
std::string name_of_service(std::uint8_t service);
std::string name_of_class(std::uint32_t number);
std::string name_of_cip_status(std::uint8_t status);

/// As rules spell them.
std::optional<std::uint64_t> find_command(std::string_view word);
std::optional<std::uint64_t> find_status(std::string_view word);

extern const std::span<const NumberName> kVendors;  ///< by number; enip_vendors.cc

}  // namespace culvert::enip
