// Names that the record has for numbers of RDP.
#pragma once

#include <cstdint>
#include <string_view>

namespace culvert::rdp {

/// "v10.1"
std::string_view name_of_version(std::uint32_t version);
/// "Windows 7 SP1", of the build of the client's system.
std::string_view name_of_build(std::uint32_t build);
/// "de-CH", of a language's code ([MS-LCID]).
std::string_view name_of_layout(std::uint32_t layout);
/// Empty: it has none. So with those below.
std::string_view name_of_keyboard(std::uint32_t type);
std::string_view name_of_connection(std::uint8_t type);
std::string_view name_of_protocol(std::uint32_t protocol);
std::string_view name_of_failure(std::uint32_t code);

}  // namespace culvert::rdp
