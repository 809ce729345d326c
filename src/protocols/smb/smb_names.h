// Names of the numbers in SMB, as records have them: MS-CIFS, MS-SMB2, MS-ERREF, MS-FSCC.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace culvert::smb {

/// "SMB1_COMMAND_CLOSE", "SMB2_COMMAND_CLOSE"; the number of what has no name.
std::string name_of_command(unsigned version, std::uint16_t command);
/// "STATUS_SUCCESS"; empty: no name.
std::string_view name_of_status(std::uint32_t status);
/// Of the error class and code of old servers: "ERRDOS_ERRbadfile"; empty: no name.
std::string_view name_of_dos_error(std::uint8_t error_class, std::uint16_t code);
/// "3.11"
std::string name_of_dialect(std::uint16_t dialect);
/// "FSCTL_PIPE_TRANSCEIVE"; the number of what has no name.
std::string name_of_function(std::uint32_t function);
/// "FILE_OPEN"
std::string_view name_of_disposition(std::uint32_t disposition);

}  // namespace culvert::smb
