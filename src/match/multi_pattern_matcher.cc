#include "match/multi_pattern_matcher.h"

#include <hs/hs.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/ascii_case.h"
#include "base/byte_cursor.h"
#include "base/hash.h"

namespace culvert {
namespace {

/// "cvM4": what compile() makes, as serialize() lays it out.
constexpr std::uint32_t kMagic = 0x63764d34;

/// As many patterns are looked for one by one before a database pays.
constexpr std::size_t kFewPatterns = 8;

/// For small buffers the library adds an automaton to what it makes of literals. That takes longer
/// than all the rest (620 ms against 18 for 711 patterns), is up to eight times as big, and scans
/// buffers of 10 to 70 bytes no faster (sets of the Emerging Threats rules). It does without as soon
/// as an expression that is no literal asks where its match begins: this one, which the callback
/// passes over.
constexpr char kNoSmallBuffers[] = "\\x00\\x01\\xfe[\\x03\\x05]\\xff\\xfbQwErTz";
constexpr PatternId kNoSmallBuffersId = ~PatternId{0};

/// Short literals of bytes that are rare next to one another, passed over too.
///
/// Where all literals of a set share a byte or a pair of bytes, the library (5.4.9, on CPUs with
/// AVX-512) skips ahead to that, and overlooks it among the last 64 bytes: "\x01\xd2" in 67 bytes,
/// if it begins at the 64th. Different pairs at the front of literals of two bytes keep it from
/// that.
///
/// And where no literal is shorter than three bytes, it looks at every second byte only. For that
/// each stands in its tables twice, and with many of them ordinary text looks like one so often
/// that a scan takes up to four times as long (800 patterns on HTML: 1.5 against 0.3 ns a byte;
/// bytes by chance: as long).
constexpr PatternId kDifferentPairsId = kNoSmallBuffersId - 1;
constexpr const char* kDifferentPairs[] = {"\\xf1\\xfe", "\\x8e\\x13", "\\x03\\x9b"};

tl::unexpected<Error> vectorscan_failure(const char* what, hs_error_t code) {
  return failure(std::string(what) + " failed: Vectorscan error " + std::to_string(code) +
                 (code == HS_ARCH_ERROR ? " (this CPU lacks SSSE3 or NEON)" : ""));
}

void put_u32(std::string& out, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

/// The bytes as a regular expression. Not Vectorscan's interface for literals: that takes a pattern
/// that begins with NUL for an empty one, compiles slower (372 ms against 227 ms for 11,000
/// patterns) and scans no faster.
std::string as_expression(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (is_ascii_letter(byte)) {
      text += c;
    } else {
      text += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return text;
}

/// What Vectorscan hands through to its callback.
struct ScanContext {
  void (*call)(void* context, PatternId id, std::size_t end);
  void* context;
};

int on_vectorscan_match(unsigned id, unsigned long long, unsigned long long to, unsigned,
                        void* context) {
  if (id >= kDifferentPairsId) return 0;
  const auto* const scan = static_cast<const ScanContext*>(context);
  scan->call(scan->context, id, static_cast<std::size_t>(to));
  return 0;
}

}  // namespace

PatternId PatternSet::add(std::string_view bytes, bool nocase) {
  BytePattern pattern{nocase ? ascii_lower(bytes) : std::string(bytes), nocase,
                      static_cast<PatternId>(patterns_.size())};
  if (pattern.bytes.size() > MultiPatternMatcher::kMaxPatternSize)
    pattern.bytes.resize(MultiPatternMatcher::kMaxPatternSize);
  const auto [entry, is_new] = ids_.try_emplace((nocase ? 'i' : 's') + pattern.bytes, pattern.id);
  if (is_new) patterns_.push_back(std::move(pattern));
  return entry->second;
}

std::string PatternSet::cache_key() const {
  std::uint64_t halves[2] = {kMagic, ~std::uint64_t{kMagic}};
  for (std::uint64_t& half : halves) {
    half = hash_bytes(as_bytes(std::string_view(hs_version())), half);
    for (const BytePattern& pattern : patterns_)
      half = hash_bytes(as_bytes(std::string_view(pattern.bytes)), half + (pattern.nocase ? 1 : 0));
  }
  std::string key;
  for (const std::uint64_t half : halves)
    for (int shift = 60; shift >= 0; shift -= 4) key += "0123456789abcdef"[half >> shift & 15];
  return key;
}

MatchScratch::MatchScratch() = default;
MatchScratch::~MatchScratch() { hs_free_scratch(scratch_); }
MatchScratch::MatchScratch(MatchScratch&& other) noexcept
    : scratch_(std::exchange(other.scratch_, nullptr)) {}
MatchScratch& MatchScratch::operator=(MatchScratch&& other) noexcept {
  std::swap(scratch_, other.scratch_);
  return *this;
}

Result<void> MatchScratch::prepare(const MultiPatternMatcher& matcher) {
  if (matcher.database_ == nullptr) return {};
  const hs_error_t code = hs_alloc_scratch(matcher.database_, &scratch_);
  if (code != HS_SUCCESS) return vectorscan_failure("making scratch space", code);
  return {};
}

MultiPatternMatcher::MultiPatternMatcher() = default;
MultiPatternMatcher::~MultiPatternMatcher() { hs_free_database(database_); }
MultiPatternMatcher::MultiPatternMatcher(MultiPatternMatcher&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)),
      singles_(std::move(other.singles_)),
      size_(std::exchange(other.size_, 0)),
      shortest_(other.shortest_) {}
MultiPatternMatcher& MultiPatternMatcher::operator=(MultiPatternMatcher&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(singles_, other.singles_);
  std::swap(size_, other.size_);
  std::swap(shortest_, other.shortest_);
  return *this;
}

Result<MultiPatternMatcher> MultiPatternMatcher::compile(const PatternSet& set,
                                                         bool single_bytes_apart) {
  MultiPatternMatcher matcher;
  matcher.size_ = set.size();
  std::vector<std::string> texts;
  std::vector<unsigned> flags, ids;
  for (const BytePattern& pattern : set.patterns()) {
    matcher.shortest_ = std::min(matcher.shortest_, pattern.bytes.size());
    if (single_bytes_apart && (pattern.bytes.size() == 1 || set.size() <= kFewPatterns)) {
      matcher.singles_.push_back({pattern, SinglePatternMatcher(pattern.bytes, pattern.nocase)});
      continue;
    }
    texts.push_back(as_expression(pattern.bytes));
    flags.push_back(HS_FLAG_SINGLEMATCH | (pattern.nocase ? HS_FLAG_CASELESS : 0u));
    ids.push_back(pattern.id);
  }
  if (ids.empty()) return matcher;
  const auto add_passed_over = [&](const char* text, unsigned flag, PatternId id) {
    texts.emplace_back(text);
    flags.push_back(flag);
    ids.push_back(id);
  };
  const std::size_t patterns = ids.size();
  add_passed_over(kNoSmallBuffers, HS_FLAG_SOM_LEFTMOST, kNoSmallBuffersId);
  for (const char* const pair : kDifferentPairs) {
    add_passed_over(pair, HS_FLAG_SINGLEMATCH, kDifferentPairsId);
  }

  if (const hs_error_t code = hs_valid_platform(); code != HS_SUCCESS)
    return vectorscan_failure("preparing the pattern matcher", code);
  std::vector<const char*> expressions;
  for (const std::string& text : texts) expressions.push_back(text.c_str());
  hs_compile_error_t* error = nullptr;
  const hs_error_t code = hs_compile_multi(expressions.data(), flags.data(), ids.data(),
                                           static_cast<unsigned>(ids.size()), HS_MODE_BLOCK,
                                           nullptr, &matcher.database_, &error);
  if (code == HS_SUCCESS) return matcher;
  std::string why = error != nullptr ? error->message : "error " + std::to_string(code);
  hs_free_compile_error(error);
  return failure("compiling " + std::to_string(patterns) + " patterns failed: " + why);
}

// magic, number of patterns, size of the shortest, number of those searched one by one; each of
// these as id, nocase, size, bytes; the database as Vectorscan writes it, to the end. Numbers in
// network order, four bytes each.
Result<std::string> MultiPatternMatcher::serialize() const {
  std::string out;
  put_u32(out, kMagic);
  put_u32(out, size_);
  put_u32(out, std::min<std::size_t>(shortest_, kMaxPatternSize));
  put_u32(out, singles_.size());
  for (const auto& [pattern, matcher] : singles_) {
    put_u32(out, pattern.id);
    put_u32(out, pattern.nocase ? 1 : 0);
    put_u32(out, pattern.bytes.size());
    out += pattern.bytes;
  }
  if (database_ == nullptr) return out;
  char* bytes = nullptr;
  std::size_t size = 0;
  const hs_error_t code = hs_serialize_database(database_, &bytes, &size);
  if (code != HS_SUCCESS) return vectorscan_failure("writing a pattern database", code);
  out.append(bytes, size);
  std::free(bytes);  // NOLINT: allocated by the library with malloc
  return out;
}

Result<MultiPatternMatcher> MultiPatternMatcher::deserialize(std::string_view bytes) {
  const auto damaged = [] { return failure("a stored pattern database is damaged"); };
  ByteCursor in(as_bytes(bytes));
  MultiPatternMatcher matcher;
  if (in.u32() != kMagic) return damaged();
  matcher.size_ = in.u32();
  matcher.shortest_ = in.u32();
  const std::uint32_t singles = in.u32();
  if (matcher.shortest_ == 0) return damaged();
  for (std::uint32_t i = 0; i < singles && in.ok(); ++i) {
    BytePattern pattern;
    pattern.id = in.u32();
    pattern.nocase = in.u32() != 0;
    pattern.bytes = as_text(in.take(in.u32()));
    if (pattern.id >= matcher.size_ || pattern.bytes.empty()) return damaged();
    SinglePatternMatcher search(pattern.bytes, pattern.nocase);
    matcher.singles_.push_back({std::move(pattern), std::move(search)});
  }
  if (!in.ok() || singles > matcher.size_) return damaged();
  if (singles == matcher.size_) return matcher;
  const std::string_view database = as_text(in.rest());
  const hs_error_t code =
      hs_deserialize_database(database.data(), database.size(), &matcher.database_);
  if (code != HS_SUCCESS) return vectorscan_failure("reading a stored pattern database", code);
  return matcher;
}

void MultiPatternMatcher::scan_with(Bytes data, MatchScratch& scratch, Callback call,
                                    void* context) const {
  if (data.size() < shortest_) return;
  for (const auto& [pattern, matcher] : singles_) {
    const std::size_t at = matcher.find(data);
    if (at != SinglePatternMatcher::kNotFound) {
      call(context, pattern.id, at + pattern.bytes.size());
    }
  }
  if (database_ == nullptr) return;
  ScanContext scan{call, context};
  // Only misuse makes this fail: no scratch, or one that another scan is using.
  [[maybe_unused]] const hs_error_t code =
      hs_scan(database_, reinterpret_cast<const char*>(data.data()),
              static_cast<unsigned>(data.size()), 0, scratch.scratch_, on_vectorscan_match, &scan);
  assert(code == HS_SUCCESS);
}

std::size_t MultiPatternMatcher::memory_bytes() const {
  std::size_t size = 0;
  if (database_ != nullptr) hs_database_size(database_, &size);
  return size + singles_.capacity() * sizeof(Single);
}

}  // namespace culvert
