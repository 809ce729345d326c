// What keywords are good for besides deciding: by their names in the list.
#pragma once

#include <string_view>

namespace culvert {

/// `prefilter` may follow it.
bool supports_prefilter(std::string_view keyword);

/// It has been tested in rules of the firewall; others are warned of there.
bool supports_firewall(std::string_view keyword);

/// It makes other bytes of the buffer before it.
bool is_transform(std::string_view keyword);

}  // namespace culvert
