// The keywords of TLS that are not plain buffers.
#pragma once

#include "detect/keyword.h"

namespace culvert::tls {

extern const KeywordSpec* const kTlsKeywords[12];

/// Reads "2017", "2017-03", "2017-03-23", "2017-03-23 12", ... "2017-03-23T12:00:00" (UTC) to
/// seconds since 1970; what is left out is the first one.
Result<std::int64_t> parse_validity(std::string_view text);

}  // namespace culvert::tls
