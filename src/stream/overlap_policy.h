// Which of two segments an end host believes where they overlap. Hosts differ, and attackers use it:
// what the inspection believes has to be what the target believes (Novak and Sturges, "Target-Based
// TCP Stream Reassembly"; the table is what the reference was seen to do).
//
//     old       |----|         the new segment wins if it ...
//     bsd ...                  starts before the old one
//     linux                    starts before, or at the same byte and reaches further
//     old-linux                the same, or reaches as far
//     solaris, hpux11          starts no later and reaches as far, or starts later and reaches further
//     vista                    never
#pragma once

#include "stream/stream_options.h"

namespace culvert {

/// `starts`, `ends`: the new segment's edge minus the old one's; only the signs matter.
constexpr bool new_segment_wins(OsPolicy policy, std::int64_t starts, std::int64_t ends) {
  switch (policy) {
    case OsPolicy::kBsd:
    case OsPolicy::kBsdRight:
    case OsPolicy::kHpux10:
    case OsPolicy::kIrix:
    case OsPolicy::kMacOs:
    case OsPolicy::kWindows:
    case OsPolicy::kWindows2k3:
      return starts < 0;
    case OsPolicy::kLinux:
      return starts < 0 || (starts == 0 && ends > 0);
    case OsPolicy::kOldLinux:
      return starts < 0 || (starts == 0 && ends >= 0);
    case OsPolicy::kOldSolaris:
    case OsPolicy::kSolaris:
    case OsPolicy::kHpux11:
      return starts <= 0 ? ends >= 0 : ends > 0;
    case OsPolicy::kVista:
      return false;
  }
  return false;
}

}  // namespace culvert
