// Keywords of FTP that are no buffers.
#pragma once

#include <array>

#include "detect/keyword.h"

namespace culvert::ftp {

extern const std::array<const KeywordSpec*, 4> kFtpKeywords;      ///< of the control connection
extern const std::array<const KeywordSpec*, 1> kFtpDataKeywords;  ///< of data connections

}  // namespace culvert::ftp
