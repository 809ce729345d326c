#include "match/matcher_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace culvert {
namespace {

namespace fs = std::filesystem;

class MatcherStore : public testing::Test {
 protected:
  MatcherStore() : folder_(fs::temp_directory_path() / ("matcher_store_test." + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    for (const char* const text : {"hello", "world", "x"}) first_.add(text, false);
    for (const char* const text : {"hello", "there"}) second_.add(text, true);
    for (const char* const text : {"hello", "world", "x"}) same_.add(text, false);
  }
  ~MatcherStore() override { fs::remove_all(folder_); }

  MadeMatchers make(bool cached = true) {
    const PatternSet* const sets[] = {&first_, &second_, &same_, &empty_};
    return make_matchers(sets, {.folder = cached ? folder_.string() : std::string(), .min_patterns = 0});
  }
  static std::set<PatternId> found(const MultiPatternMatcher& matcher, std::string_view text) {
    MatchScratch scratch;
    EXPECT_TRUE(scratch.prepare(matcher));
    std::set<PatternId> ids;
    matcher.scan(as_bytes(text), scratch, [&](PatternId id, std::size_t) { ids.insert(id); });
    return ids;
  }
  void expect_good(const MadeMatchers& made) {
    ASSERT_EQ(made.matchers.size(), 4u);
    EXPECT_TRUE(made.errors.empty());
    EXPECT_EQ(found(*made.matchers[0], "the world of x"), (std::set<PatternId>{1, 2}));
    EXPECT_EQ(found(*made.matchers[1], "HELLO"), (std::set<PatternId>{0}));
    EXPECT_EQ(made.matchers[2], made.matchers[0]);
    EXPECT_TRUE(found(*made.matchers[3], "hello").empty());
    EXPECT_EQ(made.shared, 1u);
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(folder_)) all.push_back(entry.path());
    return all;
  }

  const fs::path folder_;
  PatternSet first_, second_, same_, empty_;
};

TEST_F(MatcherStore, SharesEqualSets) {
  const MadeMatchers made = make(false);
  expect_good(made);
  EXPECT_EQ(made.compiled, 2u);
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(MatcherStore, ReadsWhatItWrote) {
  expect_good(make());
  EXPECT_EQ(files().size(), 2u);
  const MadeMatchers again = make();
  expect_good(again);
  EXPECT_EQ(again.from_cache, 2u);
  EXPECT_EQ(again.compiled, 0u);
}

TEST_F(MatcherStore, RebuildsFilesThatAreOfNoUse) {
  const auto change = [](const fs::path& file, auto&& how) {
    std::ifstream in(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    how(text);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  };
  const std::pair<const char*, void (*)(std::string&)> damages[] = {
      {"empty", [](std::string& text) { text.clear(); }},
      {"head cut", [](std::string& text) { text.resize(20); }},
      {"end cut", [](std::string& text) { text.pop_back(); }},
      {"longer", [](std::string& text) { text += 'x'; }},
      {"a bit of the body", [](std::string& text) { text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1); }},
      {"another key", [](std::string& text) { text[9] = text[9] == '0' ? '1' : '0'; }},
      {"another program", [](std::string& text) { text[0] = 'X'; }},
      {"another version", [](std::string& text) { text[7] = '2'; }},
  };
  for (const auto& [name, how] : damages) {
    make();
    for (const fs::path& file : files()) change(file, how);
    const MadeMatchers made = make();
    expect_good(made);
    EXPECT_EQ(made.unusable, 2u) << name;
    EXPECT_EQ(made.compiled, 2u) << name;
    EXPECT_EQ(make().from_cache, 2u) << name;
  }
}

TEST_F(MatcherStore, TakesTheFileOfAnotherSetForForeign) {
  make();
  const auto all = files();
  ASSERT_EQ(all.size(), 2u);
  fs::copy_file(all[0], all[1], fs::copy_options::overwrite_existing);
  const MadeMatchers made = make();
  expect_good(made);
  EXPECT_EQ(made.unusable, 1u);
}

TEST_F(MatcherStore, GoesOnWithoutAFolder) {
  std::ofstream(folder_) << "in the way";
  const MadeMatchers made = make();
  expect_good(made);
  EXPECT_FALSE(made.cache_complaint.empty());
}

TEST_F(MatcherStore, LeavesSmallSetsOutOfTheCache) {
  const PatternSet* const sets[] = {&first_};
  const MadeMatchers made = make_matchers(sets, {.folder = folder_.string()});
  EXPECT_EQ(made.compiled, 1u);
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(MatcherStore, RemovesWhatNobodyUsed) {
  make();
  for (const fs::path& file : files()) {
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(48));
  }
  const PatternSet* const sets[] = {&second_};
  make_matchers(sets, {.folder = folder_.string(), .max_age = std::chrono::hours(24), .min_patterns = 0});
  EXPECT_EQ(files().size(), 1u);
}

}  // namespace
}  // namespace culvert
