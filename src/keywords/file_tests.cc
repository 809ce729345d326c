#include "keywords/file_tests.h"

namespace culvert {
namespace {

/// Some file of the transaction passes all tests.
struct AnyFile final : Keyword {
  explicit AnyFile(std::shared_ptr<const FileTests> of) : tests(std::move(of)) {}
  bool match(const MatchContext& context) const noexcept override {
    if (context.transaction == nullptr) return false;
    const FileList* const files = context.transaction->files[index_of(context.direction)];
    if (files == nullptr) return false;
    for (auto file = files->begin_for_rules(); file != files->end(); ++file) {
      if (tests->match(*file)) return true;
    }
    return false;
  }
  const std::shared_ptr<const FileTests> tests;
};

}  // namespace

Result<void> add_file_test(RuleDraft& draft, FileNeeds needs,
                           std::unique_ptr<const FileTest> test) {
  draft.file_needs.add(FileNeed::kTrack);
  draft.file_needs.add(needs);
  if (draft.file_tests == nullptr) {
    draft.file_tests = std::make_shared<FileTests>();
    TransactionHook hook;
    hook.of_files = true;
    auto done = draft.add_transaction_match(hook, std::make_unique<AnyFile>(draft.file_tests));
    if (!done) return done;
  }
  if (test != nullptr) draft.file_tests->all.push_back(std::move(test));
  return {};
}

}  // namespace culvert
