// The account of one inspection of a buffer: for each step of the rule whether it matched, where, or
// what came nearest, with the bytes. When steps were tried at several places, the try that got the
// farthest is told.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "detect/inspect.h"

namespace culvert {

/// What `culvert explain` says about one condition of a rule.
struct AccountStep {
  enum class Answer { kYes, kNo, kNotReached, kWaits, kNote };
  Answer answer = Answer::kNote;
  std::string what;                 ///< as the rule writes it
  std::string detail = {};
  std::vector<std::string> bytes = {};  ///< lines of a hexdump
  unsigned depth = 0;               ///< 1: below a buffer
};

class ChainAccount final : public InspectTrace {
 public:
  void before_step(std::size_t step, const InspectItem& item, const InspectBuffer& buffer,
                   const InspectState& state) override;
  void after_step(std::size_t step, const InspectItem& item, const InspectBuffer& buffer,
                  const InspectState& state, const Found& found) override;

  /// Steps that matched in the best try.
  std::size_t reached() const { return reached_; }
  /// Appends a line for each step. `origins`: the texts, by step.
  void append_to(std::vector<AccountStep>& steps, const InspectChain& chain,
                 const std::vector<std::string>& origins) const;

 private:
  struct Told {
    AccountStep step;
    std::size_t tries = 0;
  };
  std::string describe_before(const InspectItem& item, const InspectBuffer& buffer,
                              const InspectState& state) const;

  std::vector<AccountStep> path_;  ///< of the try under way
  std::vector<AccountStep> best_;
  std::vector<std::size_t> tries_;  ///< by step
  std::size_t reached_ = 0;
  std::size_t position_ = 0;
  std::string number_;  ///< what a byte_* step read
  std::size_t mark_begin_ = 0, mark_end_ = 0;
};

/// "http.uri", or "payload".
std::string buffer_name(const struct DraftBuffer& buffer);

}  // namespace culvert
