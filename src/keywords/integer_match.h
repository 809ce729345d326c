// The argument of keywords that compare a number of the traffic: "3", "!3", ">2", ">=2", "<2",
// "<=2", and ranges, whose ends do not belong to them: "2-5" is 3 or 4, "!2-5" the rest; "2<>5" is
// the same as "2-5". Numbers are decimal, or hexadecimal after "0x".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace culvert {

class IntegerMatch {
 public:
  /// Turns a word into its number ("NXDOMAIN", as `dns.rcode` takes); null: there are none.
  using FindWord = std::optional<std::uint64_t> (*)(std::string_view word);

  /// `highest`: of the values there are; a larger number is a mistake.
  static Result<IntegerMatch> parse(std::string_view text, std::uint64_t highest,
                                    FindWord find_word = nullptr);

  bool matches(std::uint64_t value) const {
    return (first_ <= value && value <= last_) != is_negated_;
  }

 private:
  // The matching values, or with is_negated_ the others; both ends belong. None: first_ > last_.
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  bool is_negated_ = false;
};

}  // namespace culvert
