// Keywords of frames: http2.frametype, errorcode, priority, window, size_update, settings.
#pragma once

#include "detect/keyword.h"

namespace culvert::http2 {

extern const KeywordSpec* const kHttp2Keywords[6];

}  // namespace culvert::http2
