// from_base64: the buffer decoded. `from_base64;`, `from_base64: bytes 12, offset 2, mode rfc2045;`

#include <algorithm>

#include "detect/base64.h"
#include "keywords/transforms.h"

namespace culvert {
namespace {

class FromBase64 final : public Transform {
 public:
  bool apply(Bytes in, std::vector<std::byte>& out) const override {
    if (offset > in.size()) return false;
    in = in.subspan(offset);
    if (bytes != 0) in = in.first(std::min(bytes, in.size()));
    if (!decode_base64(in, mode, out)) out.clear();
    return true;
  }
  std::string key() const override {
    return "from_base64:" + std::to_string(bytes) + "," + std::to_string(offset) + "," +
           std::to_string(static_cast<int>(mode));
  }
  std::size_t bytes = 0, offset = 0;
  Base64Mode mode = Base64Mode::kRfc4648;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  std::string_view text = trim(argument);
  auto transform = std::make_shared<FromBase64>();
  for (const std::string_view part : split_list(text)) {
    if (part.empty()) continue;
    const auto words = split_words(part);
    if (words.size() != 2) return failure("from_base64 takes bytes, offset and mode, each with a value");
    if (words[0] == "mode") {
      if (words[1] == "rfc2045") {
        transform->mode = Base64Mode::kRfc2045;
      } else if (words[1] == "strict") {
        transform->mode = Base64Mode::kStrict;
      } else if (words[1] != "rfc4648") {
        return failure("from_base64: mode is rfc4648, rfc2045 or strict");
      }
      continue;
    }
    const auto number = parse_unsigned(words[1], 65535);
    if (!number) return tl::unexpected(number.error());
    if (words[0] == "bytes") {
      transform->bytes = static_cast<std::size_t>(*number);
    } else if (words[0] == "offset") {
      transform->offset = static_cast<std::size_t>(*number);
    } else {
      return failure("from_base64 takes bytes, offset and mode");
    }
  }
  return draft_of(rule).add_transform(std::move(transform));
}

}  // namespace

const KeywordSpec keywords::kFromBase64{"from_base64", "the buffer decoded", KeywordArgument::kOptional,
                              compile};

}  // namespace culvert
