// gunzip, zlib_deflate: decompressed, up to `max-size` bytes (1024 by default).
// `gunzip;`, `zlib_deflate: max-size 2048;`

#include <zlib.h>

#include "keywords/transforms.h"

namespace culvert {
namespace {

constexpr std::uint64_t kDefaultSize = 1024;
constexpr std::uint64_t kLargest = 64 * 1024 * 1024;

class Inflate final : public Transform {
 public:
  Inflate(bool gzip, std::size_t most) : gzip_(gzip), most_(most) {}
  bool apply(Bytes in, std::vector<std::byte>& out) const override {
    z_stream stream{};
    if (inflateInit2(&stream, gzip_ ? 15 + 16 : 15) != Z_OK) return false;
    // zlib does not write to its input, but does not say so.
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
    stream.avail_in = static_cast<uInt>(in.size());
    out.resize(most_);
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = inflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return status == Z_STREAM_END || status == Z_OK || status == Z_BUF_ERROR;
  }
  std::string key() const override {
    return (gzip_ ? "gunzip:" : "zlib_deflate:") + std::to_string(most_);
  }

 private:
  bool gzip_;
  std::size_t most_;
};

template <bool kGzip>
Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  std::string_view text = trim(argument);
  std::uint64_t most = kDefaultSize;
  if (!text.empty()) {
    const auto words = split_words(text);
    Result<std::uint64_t> size = failure("not max-size");
    if (words.size() == 2 && words[0] == "max-size") size = parse_unsigned(words[1], kLargest);
    if (!size || *size == 0) return failure("decompression takes max-size and a number of bytes");
    most = *size;
  }
  return draft_of(rule).add_transform(std::make_shared<Inflate>(kGzip, most));
}

}  // namespace

const KeywordSpec keywords::kGunzip{"gunzip", "the buffer, decompressed", KeywordArgument::kOptional,
                          compile<true>};
const KeywordSpec keywords::kZlibDeflate{"zlib_deflate", "the buffer, decompressed", KeywordArgument::kOptional,
                               compile<false>};

}  // namespace culvert
