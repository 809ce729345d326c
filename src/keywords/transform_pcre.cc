// pcrexform: what the first capture of a regular expression holds. `pcrexform:"GET (.*) HTTP"`.

#include <array>
#include <atomic>

#include "keywords/transforms.h"
#include "match/regex.h"

namespace culvert {
namespace {

class PcreTransform final : public Transform {
 public:
  PcreTransform(Regex regex, std::string_view text) : regex_(std::move(regex)), text_(text) {}
  bool apply(Bytes in, std::vector<std::byte>& out) const override {
    Lease lease(*this);
    RegexScratch& scratch = *lease.place->scratch;
    if (regex_.match(in, 0, scratch) == RegexOutcome::kMatch) {
      if (const auto value = scratch.capture(1)) {
        out.assign(value->begin(), value->end());
        return true;
      }
    }
    out.assign(in.begin(), in.end());
    return true;
  }
  std::string key() const override { return "pcrexform:" + text_; }

 private:
  /// A transform has no worker's scratch at hand: it brings some of its own, for as many workers as
  /// are likely to be here at once. One more waits for the few hundred nanoseconds that a match takes.
  struct Place {
    std::atomic_flag taken;
    std::unique_ptr<RegexScratch> scratch = std::make_unique<RegexScratch>();
  };
  struct Lease {
    explicit Lease(const PcreTransform& owner) {
      for (std::size_t i = 0;; i = (i + 1) % owner.places_.size()) {
        place = &owner.places_[i];
        if (!place->taken.test_and_set(std::memory_order_acquire)) return;
      }
    }
    ~Lease() { place->taken.clear(std::memory_order_release); }
    Place* place = nullptr;
  };

  mutable std::array<Place, 8> places_;
  Regex regex_;
  std::string text_;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  std::string_view text = trim(argument);
  if (!take_quotes(text)) return failure("invalid formatting to pcrexform keyword: value must be double quoted '" +
                                           std::string(text) + "'");
  auto regex = Regex::compile(text);
  if (!regex) return tl::unexpected(regex.error());
  if (regex->capture_count() == 0) return failure("pcrexform needs a capture in parentheses");
  return draft_of(rule).add_transform(std::make_shared<PcreTransform>(std::move(*regex), text));
}

}  // namespace

const KeywordSpec keywords::kPcrexform{"pcrexform",
                                       "what a regular expression captures",
                                       KeywordArgument::kRequired,
                                       compile,
                                       {},
                                       false,
                                       true};

}  // namespace culvert
