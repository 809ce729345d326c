// Numbers of DNS and their names, as Suricata writes them in EVE.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace culvert::dns {

// Record types with data that we look into.
enum Type : std::uint16_t {
  kTypeA = 1,
  kTypeNs = 2,
  kTypeCname = 5,
  kTypeSoa = 6,
  kTypeNull = 10,
  kTypePtr = 12,
  kTypeMx = 15,
  kTypeTxt = 16,
  kTypeAaaa = 28,
  kTypeSrv = 33,
  kTypeOpt = 41,
  kTypeSshfp = 44,
};

/// Empty when the number has no name: EVE then has the number.
std::string_view type_name(std::uint16_t type);
std::string_view rcode_name(std::uint16_t rcode);
/// Any case; also plain numbers.
std::optional<std::uint16_t> find_type(std::string_view name);
std::optional<std::uint16_t> find_rcode(std::string_view name);
std::optional<std::uint16_t> find_opcode(std::string_view name);

}  // namespace culvert::dns
