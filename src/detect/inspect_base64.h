// base64_decode, and the steps that follow it in base64_data.
#pragma once

#include <cstdint>

#include "detect/inspect_item.h"

namespace culvert {

/// Decodes from the position (relative) or the start; `data` is what has to match in the result.
struct Base64DecodeItem final : CustomItem {
  std::uint32_t bytes = 0;   ///< at most so many; 0: all there are
  std::uint32_t offset = 0;
  InspectChain data;         ///< empty: nothing to look for, and no match

  bool match(const MatchContext& context, const InspectBuffer& buffer,
             InspectState& state) const noexcept override;
};

}  // namespace culvert
