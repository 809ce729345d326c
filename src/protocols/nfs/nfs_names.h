// Procedures and states of NFS, as EVE spells them.
#pragma once

#include <cstdint>
#include <string>

namespace culvert::nfs {

/// Of version 4 those of a compound's operations. Without a name: the number.
std::string name_of_procedure(std::uint32_t version, std::uint32_t procedure);
std::string name_of_status(std::uint32_t status);

}  // namespace culvert::nfs
