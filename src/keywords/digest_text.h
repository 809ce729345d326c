// Buffers that hold a digest as text: what a content for one has to be like.
#pragma once

#include <string_view>

namespace culvert::keywords {

/// For BufferSpec::complain of an MD5 in hexadecimal. `kComplaint` names the buffer.
template <const std::string_view& kComplaint>
std::string_view complain_of_md5(std::string_view pattern, bool /*nocase*/) {
  return pattern.size() == 32 ? std::string_view{} : kComplaint;
}

}  // namespace culvert::keywords
