// strip_whitespace: without white space; compress_whitespace: a run of it becomes its
// first byte.

#include "keywords/transforms.h"

namespace culvert {
namespace {

bool is_space(std::byte b) {
  return b == std::byte{' '} || (b >= std::byte{'\t'} && b <= std::byte{'\r'});
}

bool strip(Bytes in, std::vector<std::byte>& out) {
  for (const std::byte b : in) {
    if (!is_space(b)) out.push_back(b);
  }
  return true;
}

bool compress(Bytes in, std::vector<std::byte>& out) {
  bool before = false;
  for (const std::byte b : in) {
    const bool space = is_space(b);
    if (!space || !before) out.push_back(b);
    before = space;
  }
  return true;
}

constexpr std::string_view kStrip = "strip_whitespace", kCompress = "compress_whitespace";

}  // namespace

const KeywordSpec keywords::kStripWhitespace{kStrip, "the buffer without white space", KeywordArgument::kNone,
                                   compile_plain_transform<kStrip, strip, true>};
const KeywordSpec keywords::kCompressWhitespace{kCompress, "runs of white space become one",
                                      KeywordArgument::kNone,
                                      compile_plain_transform<kCompress, compress, true>};

}  // namespace culvert
