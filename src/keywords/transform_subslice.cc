// subslice: a part of the buffer. `subslice:offset,bytes`; negative offsets count from the end, and
// negative bytes leave that many out at the end.

#include <algorithm>

#include "keywords/transforms.h"

namespace culvert {
namespace {

class Subslice final : public Transform {
 public:
  bool apply(Bytes in, std::vector<std::byte>& out) const override {
    const auto size = static_cast<std::int64_t>(in.size());
    const std::int64_t begin = std::clamp<std::int64_t>(offset < 0 ? size + offset : offset, 0, size);
    std::int64_t end = size;
    if (has_bytes) end = bytes < 0 ? size + bytes : begin + bytes;
    end = std::clamp(end, begin, size);
    const Bytes part = in.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    out.assign(part.begin(), part.end());
    return true;
  }
  std::string key() const override {
    return "subslice:" + std::to_string(offset) + (has_bytes ? "," + std::to_string(bytes) : "");
  }
  std::int64_t offset = 0, bytes = 0;
  bool has_bytes = false;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  std::string_view text = trim(argument);
  const auto parts = split_list(text);
  if (parts.size() > 2) return failure("subslice takes an offset and a number of bytes");
  auto transform = std::make_shared<Subslice>();
  const auto offset = parse_integer(parts[0], -65535, 65535);
  if (!offset) return tl::unexpected(offset.error());
  transform->offset = *offset;
  if (parts.size() == 2) {
    const auto bytes = parse_integer(parts[1], -65535, 65535);
    if (!bytes) return tl::unexpected(bytes.error());
    transform->bytes = *bytes;
    transform->has_bytes = true;
  }
  return draft_of(rule).add_transform(std::move(transform));
}

}  // namespace

const KeywordSpec keywords::kSubslice{"subslice", "a part of the buffer", KeywordArgument::kRequired, compile};

}  // namespace culvert
