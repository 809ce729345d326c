// strip_pseudo_headers: HTTP/2's lines that begin with a colon are left out.

#include "keywords/transforms.h"

namespace culvert {
namespace {

bool strip(Bytes in, std::vector<std::byte>& out) {
  while (!in.empty()) {
    std::size_t size = 0;
    while (size < in.size() && in[size] != std::byte{'\n'}) ++size;
    if (size < in.size()) ++size;
    const Bytes line = in.first(size);
    in = in.subspan(size);
    if (line.front() != std::byte{':'}) out.insert(out.end(), line.begin(), line.end());
  }
  return true;
}

constexpr std::string_view kName = "strip_pseudo_headers";

}  // namespace

const KeywordSpec keywords::kStripPseudoHeaders{kName, "HTTP/2's pseudo headers are left out",
                                      KeywordArgument::kNone, compile_plain_transform<kName, strip>};

}  // namespace culvert
