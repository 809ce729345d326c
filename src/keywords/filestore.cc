// filestore: files go to the store. `filestore;` those that the rule matched; with a direction
// (request, response, both) and a scope (file, tx, flow) others as well: `filestore:both,flow;`.

#include <optional>

#include "keywords/file_tests.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

enum class Scope : std::uint8_t { kFile, kTransaction, kFlow };

struct StoreFiles final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    if (context.flow == nullptr) return true;
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      if (both || direction == one.value_or(context.direction)) store(context, direction);
    }
    return true;
  }

  void store(const MatchContext& context, Direction direction) const {
    const std::size_t d = index_of(direction);
    if (scope == Scope::kFlow) {
      context.flow->store_files = static_cast<std::uint8_t>(context.flow->store_files | 1u << d);
    }
    if (context.transaction == nullptr || context.transaction->files[d] == nullptr) return;
    FileList& files = *context.transaction->files[d];
    if (scope != Scope::kFile) files.store_all = true;
    for (File& file : files) {
      if (scope == Scope::kFile && !tests->match(file)) continue;
      if (file.storing == FileStoring::kUndecided) file.storing = FileStoring::kYes;
      if (file.sids.size() < kMaxSids && !file.logged) file.sids.push_back(sid);
    }
  }

  static constexpr std::size_t kMaxSids = 32;
  std::shared_ptr<const FileTests> tests;
  std::uint32_t sid = 0;
  bool both = false;
  std::optional<Direction> one;  ///< of the files; nothing: that of the match
  Scope scope = Scope::kFile;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  auto keyword = std::make_unique<StoreFiles>();
  if (!trim(argument).empty()) {
    for (const std::string_view word : split_list(argument)) {
      if (word == "both") {
        keyword->both = true;
      } else if (word == "request" || word == "to_server") {
        keyword->one = Direction::kToServer;
      } else if (word == "response" || word == "to_client") {
        keyword->one = Direction::kToClient;
      } else if (word == "tx") {
        keyword->scope = Scope::kTransaction;
      } else if (word == "ssn" || word == "flow") {
        keyword->scope = Scope::kFlow;
      } else if (word != "file") {
        return failure("filestore takes request, response or both, and file, tx or flow");
      }
    }
  }
  if (const RuleOption* const sid = draft.ast.find_option("sid"); sid != nullptr) {
    if (const auto number = parse_unsigned(trim(sid->raw), 0xffffffff)) {
      keyword->sid = static_cast<std::uint32_t>(*number);
    }
  }
  if (auto done = add_file_test(draft, {FileNeed::kStore}, nullptr); !done) return done;
  keyword->tests = draft.file_tests;
  draft.add_post_match(std::move(keyword));
  return {};
}

}  // namespace

const KeywordSpec keywords::kFilestore{
    "filestore", "stores files that the rule matches, or all of the transaction or flow",
    KeywordArgument::kOptional, compile};

}  // namespace culvert
