// Perl-compatible regular expressions, on top of PCRE2 with its just-in-time compiler.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

struct pcre2_real_code_8;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;
struct pcre2_real_jit_stack_8;

namespace culvert {

/// The letters after the closing slash that PCRE knows.
struct RegexFlags {
  bool caseless = false;         ///< i
  bool multiline = false;        ///< m: ^ and $ also at lines
  bool dot_all = false;          ///< s: . also matches a newline
  bool extended = false;         ///< x: space and #comments in the pattern are nothing
  bool anchored = false;         ///< A: only where matching starts
  bool dollar_end_only = false;  ///< E: $ not before a final newline
  bool ungreedy = false;         ///< G
};

enum class RegexOutcome : std::uint8_t {
  kNoMatch,
  kMatch,
  kLimit,  ///< gave up: the match limit or the stack. Neither a match nor none.
};

/// Memory for matching, one for each worker: offsets of captures, the compiled code's stack,
/// limits.
class RegexScratch {
 public:
  static constexpr std::uint32_t kMaxCaptures = 64;          ///< those beyond are not kept
  static constexpr std::uint32_t kDefaultMatchLimit = 3500;  ///< Suricata's pcre.match-limit
  static constexpr std::uint32_t kDefaultRecursionLimit = 1500;

  explicit RegexScratch(std::uint32_t match_limit = kDefaultMatchLimit,
                        std::uint32_t recursion_limit = kDefaultRecursionLimit);
  ~RegexScratch();
  RegexScratch(RegexScratch&&) noexcept;
  RegexScratch& operator=(RegexScratch&&) noexcept;

  /// Of the last match: the whole (0) or a capture; nothing for one that took no part. Views the
  /// subject of that match.
  std::optional<Bytes> capture(std::uint32_t index) const;
  std::size_t match_begin() const;  ///< offset of the whole match
  std::size_t match_end() const;

 private:
  friend class Regex;
  pcre2_real_match_data_8* data_ = nullptr;
  pcre2_real_match_context_8* context_ = nullptr;
  pcre2_real_jit_stack_8* stack_ = nullptr;
  Bytes subject_;
  std::uint32_t captures_ = 0;  ///< valid ones of the last match, with the whole
};

/// An immutable compiled expression; any number of threads may match, each with its scratch.
class Regex {
 public:
  /// Fails with the reason and the offset in the pattern.
  [[nodiscard]] static Result<Regex> compile(std::string_view pattern, RegexFlags flags = {});

  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  /// Looks for a match that begins at `start` or later; look-behinds may see what is before. Does
  /// not allocate. `start` beyond the end matches nothing.
  RegexOutcome match(Bytes subject, std::size_t start, RegexScratch& scratch) const;

  std::uint32_t capture_count() const { return capture_count_; }  ///< without the whole
  /// Names of captures with their numbers.
  const std::vector<std::pair<std::string, std::uint32_t>>& names() const { return names_; }
  bool is_jit() const { return is_jit_; }  ///< false where the system forbids generated code

 private:
  Regex() = default;

  pcre2_real_code_8* code_ = nullptr;
  std::uint32_t capture_count_ = 0;
  bool is_jit_ = false;
  std::vector<std::pair<std::string, std::uint32_t>> names_;
};

}  // namespace culvert
