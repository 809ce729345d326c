// For tests of keywords that ask transactions: compiles one, and asks it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "app/buffer.h"
#include "detect/keyword.h"

namespace culvert {

/// A rule of which only the last keyword is kept.
struct OneKeywordRule final : RuleBuilder {
  void add_packet_match(std::unique_ptr<const Keyword>) override {}
  Result<void> add_transaction_match(const TransactionHook&,
                                     std::unique_ptr<const Keyword> added) override {
    keyword = std::move(added);
    return {};
  }
  void add_post_match(std::unique_ptr<const Keyword>) override {}
  Result<void> require_protocol(AppProto) override { return {}; }
  Result<void> select_buffer(const BufferSpec&) override { return {}; }
  Result<void> add_buffer_content(const BufferSpec&, Bytes, bool, bool, bool) override {
    return {};
  }
  std::optional<Direction> direction() const override { return std::nullopt; }
  Result<void> require_direction(Direction) override { return {}; }

  std::unique_ptr<const Keyword> keyword;
};

/// "yes", "no", or "refused" when the keyword does not take the argument.
inline std::string ask_keyword(std::span<const KeywordSpec* const> specs, std::string_view name,
                               std::string_view argument, Transaction& transaction,
                               Direction direction = Direction::kToServer) {
  for (const KeywordSpec* spec : specs) {
    if (spec->name != name) continue;
    OneKeywordRule rule;
    if (!spec->compile(rule, argument) || rule.keyword == nullptr) return "refused";
    MatchContext context;
    context.transaction = &transaction;
    context.direction = direction;
    return rule.keyword->match(context) ? "yes" : "no";
  }
  return "unknown";
}

/// "[a][b]": the instances of a buffer; "none" when there are none.
inline std::string read_buffer(std::span<const BufferSpec> buffers, std::string_view name,
                               const Flow& flow, const Transaction& transaction,
                               Direction direction = Direction::kToServer) {
  for (const BufferSpec& buffer : buffers) {
    if (buffer.name != name) continue;
    std::string out;
    BufferScratch scratch;
    for (std::uint32_t i = 0; i == 0 || buffer.multi_instance; ++i) {
      const auto bytes = buffer.get({.flow = flow,
                                     .transaction = transaction,
                                     .direction = direction,
                                     .instance = i,
                                     .scratch = scratch});
      if (!bytes) break;
      out += "[" + std::string(as_text(*bytes)) + "]";
    }
    return out.empty() ? "none" : out;
  }
  return "unknown";
}

}  // namespace culvert
