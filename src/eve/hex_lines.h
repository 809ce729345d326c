// Bytes as text logs print them (alert-debug, tcp-data), sixteen a line:
//
//      0000  47 45 54 20 2F 62 61 73  65 36 34 2D 68 65 6C 6C   GET /bas e64-hell
#pragma once

#include <string>

#include "base/bytes.h"

namespace culvert {

void append_hex_lines(Bytes bytes, std::string& out);

}  // namespace culvert
