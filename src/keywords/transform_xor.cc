// xor: the buffer, byte by byte, with a key that repeats. `xor:"0d0ac8ff"`.

#include "keywords/transforms.h"

namespace culvert {
namespace {

class Xor final : public Transform {
 public:
  explicit Xor(std::string key) : key_(std::move(key)) {}
  bool apply(Bytes in, std::vector<std::byte>& out) const override {
    for (std::size_t i = 0; i < in.size(); ++i) {
      out.push_back(in[i] ^ static_cast<std::byte>(key_[i % key_.size()]));
    }
    return true;
  }
  std::string key() const override { return "xor:" + key_; }

 private:
  std::string key_;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  std::string_view text = trim(argument);
  if (!take_quotes(text)) return failure("xor takes its key in double quotes");
  std::string key;
  if (text.empty() || text.size() % 2 != 0) return failure("xor takes hexadecimal digits, two a byte");
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto byte = parse_unsigned("0x" + std::string(text.substr(i, 2)), 255);
    if (!byte) return failure("xor takes hexadecimal digits, two a byte");
    key.push_back(static_cast<char>(*byte));
  }
  return draft_of(rule).add_transform(std::make_shared<Xor>(std::move(key)));
}

}  // namespace

const KeywordSpec keywords::kXor{
    "xor", "the buffer with a key", KeywordArgument::kRequired, compile, {}, false, true};

}  // namespace culvert
