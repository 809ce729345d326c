// filemd5, filesha1, filesha256: the digest of a whole file is in a list, or not with `!`. A list has
// one digest a line in hexadecimal; what follows it on the line is not looked at.

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "keywords/file_tests.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

template <DigestKind kKind, std::size_t kSize>
struct InList final : FileTest {
  using Digest = std::array<std::byte, kSize>;

  bool matches(const File& file) const noexcept override {
    const Bytes value = file.digests.value(kKind);
    if (file.is_open() || value.size() != kSize) return false;
    Digest digest;
    std::ranges::copy(value, digest.begin());
    return std::ranges::binary_search(digests, digest) != negated;
  }
  /// Empty and comment lines are passed over. False: it is no digest.
  bool add(std::string_view line) {
    line = trim(line);
    if (line.empty() || line.front() == '#') return true;
    if (line.size() < 2 * kSize || (line.size() > 2 * kSize && digit(line[2 * kSize]) >= 0)) {
      return false;
    }
    Digest digest;
    for (std::size_t i = 0; i < kSize; ++i) {
      const int high = digit(line[2 * i]), low = digit(line[2 * i + 1]);
      if (high < 0 || low < 0) return false;
      digest[i] = static_cast<std::byte>(high << 4 | low);
    }
    digests.push_back(digest);
    return true;
  }

  std::vector<Digest> digests;  ///< sorted
  bool negated = false;
};

/// Beside the rule file, below default-rule-path, or as it stands.
std::filesystem::path find_list(const RuleDraft& draft, std::string_view name) {
  const std::filesystem::path path(name);
  if (path.is_absolute()) return path;
  std::error_code error;
  if (draft.ast.file != nullptr) {
    const auto beside = std::filesystem::path(*draft.ast.file).parent_path() / path;
    if (std::filesystem::exists(beside, error)) return beside;
  }
  const ConfigNode* const config = draft.catalog.environment.config;
  const std::string folder = config == nullptr ? std::string() : config->text("default-rule-path");
  if (!folder.empty() && std::filesystem::exists(folder / path, error)) return folder / path;
  return path;
}

template <DigestKind kKind, std::size_t kSize, FileNeed kNeed>
Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  std::string_view name = trim(argument);
  auto test = std::make_unique<InList<kKind, kSize>>();
  test->negated = take_negation(name);
  const std::filesystem::path path = find_list(draft, name);
  std::ifstream in(path);
  if (!in) return failure("cannot open the list " + path.string());
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (!test->add(line)) {
      return failure(path.string() + ":" + std::to_string(number) + ": a line begins with " +
                     std::to_string(2 * kSize) + " hexadecimal digits");
    }
  }
  std::ranges::sort(test->digests);
  return add_file_test(draft, {kNeed}, std::move(test));
}

}  // namespace

const KeywordSpec keywords::kFilemd5{.name = "filemd5",
                           .help = "the file's MD5 is in a list",
                           .compile = compile<DigestKind::kMd5, 16, FileNeed::kMd5>,
                           .can_negate = true};
const KeywordSpec keywords::kFilesha1{.name = "filesha1",
                            .help = "the file's SHA-1 is in a list",
                            .compile = compile<DigestKind::kSha1, 20, FileNeed::kSha1>,
                            .can_negate = true};
const KeywordSpec keywords::kFilesha256{.name = "filesha256",
                              .help = "the file's SHA-256 is in a list",
                              .compile = compile<DigestKind::kSha256, 32, FileNeed::kSha256>,
                              .can_negate = true};

}  // namespace culvert
