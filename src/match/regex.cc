#include "match/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <utility>

namespace culvert {
namespace {

constexpr std::size_t kFirstStackBytes = 32u << 10, kMaxStackBytes = 512u << 10;

std::uint32_t options_of(RegexFlags flags) {
  const std::pair<bool, std::uint32_t> options[] = {
      {flags.caseless, PCRE2_CASELESS}, {flags.multiline, PCRE2_MULTILINE},
      {flags.dot_all, PCRE2_DOTALL},    {flags.extended, PCRE2_EXTENDED},
      {flags.anchored, PCRE2_ANCHORED}, {flags.dollar_end_only, PCRE2_DOLLAR_ENDONLY},
      {flags.ungreedy, PCRE2_UNGREEDY},
  };
  std::uint32_t result = 0;
  for (const auto& [is_set, option] : options) result |= is_set ? option : 0u;
  return result;
}

template <class T>
T info(const pcre2_code* code, std::uint32_t what) {
  T value{};
  pcre2_pattern_info(code, what, &value);
  return value;
}

/// The table of names: entries of the same size, two bytes of number, then the name with a NUL.
std::vector<std::pair<std::string, std::uint32_t>> names_of(const pcre2_code* code) {
  std::vector<std::pair<std::string, std::uint32_t>> names;
  const auto count = info<std::uint32_t>(code, PCRE2_INFO_NAMECOUNT);
  const auto size = info<std::uint32_t>(code, PCRE2_INFO_NAMEENTRYSIZE);
  const auto table = info<PCRE2_SPTR>(code, PCRE2_INFO_NAMETABLE);
  for (std::uint32_t i = 0; i < count; ++i) {
    const PCRE2_SPTR entry = table + std::size_t{i} * size;
    names.emplace_back(reinterpret_cast<const char*>(entry + 2), entry[0] * 256u + entry[1]);
  }
  return names;
}

}  // namespace

RegexScratch::RegexScratch(std::uint32_t match_limit, std::uint32_t recursion_limit)
    : data_(pcre2_match_data_create(kMaxCaptures + 1, nullptr)),
      context_(pcre2_match_context_create(nullptr)),
      stack_(pcre2_jit_stack_create(kFirstStackBytes, kMaxStackBytes, nullptr)) {
  pcre2_set_match_limit(context_, match_limit);
  pcre2_set_depth_limit(context_, recursion_limit);
  pcre2_jit_stack_assign(context_, nullptr, stack_);
}

RegexScratch::~RegexScratch() {
  pcre2_match_data_free(data_);
  pcre2_match_context_free(context_);
  pcre2_jit_stack_free(stack_);
}

RegexScratch::RegexScratch(RegexScratch&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      context_(std::exchange(other.context_, nullptr)),
      stack_(std::exchange(other.stack_, nullptr)),
      subject_(other.subject_),
      captures_(std::exchange(other.captures_, 0)) {}

RegexScratch& RegexScratch::operator=(RegexScratch&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(context_, other.context_);
  std::swap(stack_, other.stack_);
  std::swap(subject_, other.subject_);
  std::swap(captures_, other.captures_);
  return *this;
}

std::optional<Bytes> RegexScratch::capture(std::uint32_t index) const {
  if (index >= captures_) return std::nullopt;
  const PCRE2_SIZE* const offsets = pcre2_get_ovector_pointer(data_);
  const PCRE2_SIZE begin = offsets[2 * index], end = offsets[2 * index + 1];
  // \K in a look-ahead can put the end before the beginning.
  if (begin == PCRE2_UNSET || end < begin || end > subject_.size()) return std::nullopt;
  return subject_.subspan(begin, end - begin);
}

std::size_t RegexScratch::match_begin() const { return pcre2_get_ovector_pointer(data_)[0]; }
std::size_t RegexScratch::match_end() const { return pcre2_get_ovector_pointer(data_)[1]; }

Result<Regex> Regex::compile(std::string_view pattern, RegexFlags flags) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  Regex regex;
  regex.code_ = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                              options_of(flags), &error, &offset, nullptr);
  if (regex.code_ == nullptr) {
    PCRE2_UCHAR message[256] = {};
    pcre2_get_error_message(error, message, sizeof(message));
    return failure("the expression '" + std::string(pattern) + "' is wrong at offset " +
                   std::to_string(offset) + ": " + reinterpret_cast<const char*>(message));
  }
  regex.is_jit_ = pcre2_jit_compile(regex.code_, PCRE2_JIT_COMPLETE) == 0;
  regex.capture_count_ = info<std::uint32_t>(regex.code_, PCRE2_INFO_CAPTURECOUNT);
  regex.names_ = names_of(regex.code_);
  return regex;
}

Regex::~Regex() { pcre2_code_free(code_); }

Regex::Regex(Regex&& other) noexcept
    : code_(std::exchange(other.code_, nullptr)),
      capture_count_(other.capture_count_),
      is_jit_(other.is_jit_),
      names_(std::move(other.names_)) {}

Regex& Regex::operator=(Regex&& other) noexcept {
  std::swap(code_, other.code_);
  std::swap(capture_count_, other.capture_count_);
  std::swap(is_jit_, other.is_jit_);
  std::swap(names_, other.names_);
  return *this;
}

RegexOutcome Regex::match(Bytes subject, std::size_t start, RegexScratch& scratch) const {
  scratch.subject_ = subject;
  scratch.captures_ = 0;
  if (start > subject.size()) return RegexOutcome::kNoMatch;
  // PCRE2 takes no null pointer, not even for an empty subject.
  static constexpr unsigned char kEmpty = 0;
  const PCRE2_SPTR text = subject.empty() ? &kEmpty : reinterpret_cast<PCRE2_SPTR>(subject.data());
  const int result = is_jit_ ? pcre2_jit_match(code_, text, subject.size(), start, 0, scratch.data_,
                                               scratch.context_)
                             : pcre2_match(code_, text, subject.size(), start, PCRE2_NO_UTF_CHECK,
                                           scratch.data_, scratch.context_);
  if (result == PCRE2_ERROR_NOMATCH) return RegexOutcome::kNoMatch;
  if (result < 0) return RegexOutcome::kLimit;
  scratch.captures_ =
      result == 0 ? RegexScratch::kMaxCaptures + 1 : static_cast<std::uint32_t>(result);
  return RegexOutcome::kMatch;
}

}  // namespace culvert
