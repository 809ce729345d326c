// Community ID, version 1: a hash of a flow's ends that tools agree on
// (https://github.com/corelight/community-id-spec).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "flow/flow.h"

namespace culvert {

using CommunityId = std::array<char, 32>;

/// "1:" and the base64 of a SHA-1, written to `out`; views it.
std::string_view make_community_id(const Flow& flow, std::uint16_t seed, CommunityId& out);

}  // namespace culvert
