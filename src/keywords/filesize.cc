// filesize: `filesize:>10kb`, `filesize:100<>200`. While a file is coming only "greater" can be told.

#include "keywords/file_tests.h"
#include "keywords/keywords.h"
#include "rule/number_match.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct FileSize final : FileTest {
  explicit FileSize(NumberMatch m) : size(m) {}
  bool matches(const File& file) const noexcept override {
    const bool grows_into = size.kind() == NumberMatch::Kind::kGreater ||
                            size.kind() == NumberMatch::Kind::kGreaterOrEqual;
    return (file.state == FileState::kClosed || grows_into) && size.matches(file.size);
  }
  const NumberMatch size;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  const auto size = NumberMatch::parse(trim(argument), ~std::uint64_t{0});
  if (!size) return tl::unexpected(size.error());
  return add_file_test(draft_of(rule), {}, std::make_unique<FileSize>(*size));
}

}  // namespace

const KeywordSpec keywords::kFilesize{"filesize", "size of a file", KeywordArgument::kRequired,
                            compile};

}  // namespace culvert
