#pragma once

namespace culvert {
struct KeywordSpec;
}

namespace culvert::dhcp {

extern const KeywordSpec* const kDhcpKeywords[3];

}  // namespace culvert::dhcp
