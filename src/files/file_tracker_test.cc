#include "files/file_tracker.h"

#include <gtest/gtest.h>

#include <string>

#include "testing/hex.h"

namespace culvert {
namespace {

constexpr std::string_view kName = "a.txt";

FileTrackerOptions with(FileNeeds needs) {
  FileTrackerOptions options;
  options.memory = 1 << 20;
  options.needs = needs;
  return options;
}
std::string seen(const File& file) {
  const auto view = file.view();
  return view ? std::string(as_text(view->bytes)) : "nothing";
}

TEST(FileTracker, NobodyWantsFiles) {
  FileTracker tracker(with({}));
  FileLists lists{};
  EXPECT_EQ(tracker.open(lists, {.name = kName}), nullptr);
  EXPECT_EQ(lists[0], nullptr);
}

TEST(FileTracker, DigestsAndSize) {
  FileTracker tracker(with({FileNeed::kTrack, FileNeed::kMd5}));
  FileLists lists{};
  for (int turn = 0; turn < 2; ++turn) {  // the second is a recycled one
    File* const file = tracker.open(lists, {.name = kName});
    ASSERT_NE(file, nullptr);
    tracker.append(*file, as_bytes("ab"));
    tracker.append(*file, as_bytes("c"));
    EXPECT_EQ(seen(*file), "nothing");
    tracker.close(*file);
    EXPECT_EQ(file->size, 3u);
    EXPECT_EQ(file->state, FileState::kClosed);
    const auto expected = hex("900150983cd24fb0d6963f7d28e17f72");
    EXPECT_TRUE(std::ranges::equal(file->digests.value(DigestKind::kMd5), expected));
    EXPECT_TRUE(file->digests.value(DigestKind::kSha256).empty());
    tracker.release(lists);
    EXPECT_EQ(lists[0], nullptr);
  }
}

TEST(FileTracker, ContentIsOfferedInParts) {
  FileTracker tracker(with({FileNeed::kContent}));
  FileLists lists{};
  File* const file =
      tracker.open(lists, {.name = kName, .inspection = {.limit = 20, .min_size = 4, .window = 2}});
  ASSERT_NE(file, nullptr);
  tracker.append(*file, as_bytes("012"));
  EXPECT_EQ(seen(*file), "nothing");  // below the least
  tracker.append(*file, as_bytes("345"));
  EXPECT_EQ(seen(*file), "012345");
  lists[0]->mark_inspected();
  tracker.append(*file, as_bytes("6789"));
  EXPECT_EQ(seen(*file), "456789");  // what is new, and the window before it
  EXPECT_EQ(file->view()->offset, 4u);
  lists[0]->mark_inspected();
  tracker.append(*file, as_bytes("abcdefghijklmnop"));
  EXPECT_EQ(seen(*file), "89abcdefghij");  // not behind the limit
  EXPECT_EQ(file->size, 26u);
  tracker.release(lists);
}

TEST(FileTracker, RulesLookAtFilesThatFollow) {
  FileTracker tracker(with({FileNeed::kTrack}));
  FileLists lists{};
  const auto names = [&] {
    std::string all;
    for (auto file = lists[0]->begin_for_rules(); file != lists[0]->end(); ++file) {
      all += (*file).name + ' ';
    }
    return all;
  };
  File* const first = tracker.open(lists, {.name = "a"});
  EXPECT_FALSE(lists[0]->begin_inspection());  // the first look is none anew
  lists[0]->mark_inspected();
  tracker.close(*first);
  EXPECT_FALSE(lists[0]->begin_inspection());
  lists[0]->mark_inspected();
  EXPECT_EQ(names(), "a ");
  File* const second = tracker.open(lists, {.name = "b"});
  EXPECT_TRUE(lists[0]->begin_inspection());
  EXPECT_EQ(names(), "b ");
  EXPECT_EQ(lists[0]->at_for_rules(0), second);
  lists[0]->mark_inspected();
  tracker.open(lists, {.name = "c"});
  EXPECT_TRUE(lists[0]->begin_inspection());
  EXPECT_EQ(names(), "b c ");  // b was not whole
  tracker.release(lists);
}

TEST(FileTracker, DigestsAreOfWhatIsThere) {
  FileTracker tracker(with({FileNeed::kTrack, FileNeed::kContent, FileNeed::kMd5}));
  FileLists lists{};
  File* const file = tracker.open(lists, {.name = kName});
  tracker.append(*file, as_bytes("abc"));
  tracker.gap(*file, 5);
  tracker.append(*file, as_bytes("xyz"));
  EXPECT_EQ(seen(*file), "xyz");
  EXPECT_EQ(file->view()->offset, 8u);
  tracker.close(*file);
  EXPECT_TRUE(file->gaps);
  // of "abcxyz"
  EXPECT_EQ(to_hex(file->digests.value(DigestKind::kMd5)), "70fb874a43097a25234382390c0baeb3");
  tracker.release(lists);
}

TEST(FileTracker, FilesOfATransactionAreCapped) {
  FileTrackerOptions options = with({FileNeed::kTrack});
  options.max_files_per_list = 3;
  FileTracker tracker(options);
  FileLists lists{};
  for (int i = 0; i < 3; ++i) ASSERT_NE(tracker.open(lists, {.name = kName}), nullptr);
  EXPECT_EQ(tracker.open(lists, {.name = kName}), nullptr);
  EXPECT_EQ(lists[0]->size(), 3u);
  EXPECT_EQ(lists[0]->at(2)->number, 2u);
  EXPECT_EQ(lists[0]->at(0)->number, 0u);
  EXPECT_EQ(lists[0]->at(3), nullptr);
  tracker.release(lists);
}

TEST(FileTracker, MagicOfTheFirstBytes) {
  FileTracker tracker(with({FileNeed::kMagic}));
  FileLists lists{};
  File* const file = tracker.open(lists, {.name = kName});
  tracker.append(*file, as_bytes("%PDF-1.4\n"));
  EXPECT_EQ(tracker.magic_of(*file), "");  // too little to tell
  tracker.close(*file);
  EXPECT_EQ(tracker.magic_of(*file).substr(0, 12), "PDF document");
  tracker.release(lists);
}

}  // namespace
}  // namespace culvert
