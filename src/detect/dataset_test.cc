#include "detect/dataset.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include <unistd.h>

#include "detect/json_scan.h"
#include "net/address.h"

namespace culvert {
namespace {

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("culvert_dataset_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }
  std::string text(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

DatasetOptions options_of(DatasetType type) {
  DatasetOptions options;
  options.type = type;
  return options;
}

TEST(Dataset, AddsFindsRemoves) {
  Dataset set("s", DatasetType::kString, options_of(DatasetType::kString));
  set.make_writable();
  EXPECT_FALSE(set.find(as_bytes("a")).present);
  EXPECT_TRUE(set.add(as_bytes("a")));
  EXPECT_FALSE(set.add(as_bytes("a")));
  EXPECT_TRUE(set.find(as_bytes("a")).present);
  EXPECT_TRUE(set.remove(as_bytes("a")));
  EXPECT_FALSE(set.remove(as_bytes("a")));
  EXPECT_EQ(set.memory_bytes(), 0u);
  Dataset hashes("h", DatasetType::kMd5, options_of(DatasetType::kMd5));
  EXPECT_FALSE(hashes.add(as_bytes("not sixteen")));
}

TEST(Dataset, IsBoundedByItsMemcap) {
  DatasetOptions options = options_of(DatasetType::kString);
  options.memcap_bytes = 1000;
  Dataset set("s", DatasetType::kString, options);
  int added = 0;
  for (int i = 0; i < 1000; ++i) added += set.add(as_bytes(std::to_string(i))) ? 1 : 0;
  EXPECT_GT(added, 5);
  EXPECT_LT(added, 30);
}

TEST(Dataset, GrowsUnderManyWriters) {
  Dataset set("s", DatasetType::kString, options_of(DatasetType::kString));
  set.make_writable();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5000; ++i) set.add(as_bytes(std::to_string(i * 4 + t)));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(set.size(), 20000u);
  EXPECT_TRUE(set.find(as_bytes("19999")).present);
}

TEST(DatasetStore, ReadsAndSaves) {
  const Folder folder;
  folder.file("s.lst", "Z29vZ2xlLmNvbQ==\nYmxhaA==\n");
  ConfigNode config;
  Complaints complaints;
  DatasetStore store;
  store.configure(config, folder.path(), complaints);
  DatasetOptions options = options_of(DatasetType::kString);
  options.load = "s.lst";
  options.save = "out.lst";
  const auto set = store.open("s", options, "");
  ASSERT_TRUE(set) << set.error().text();
  EXPECT_TRUE((*set)->find(as_bytes("google.com")).present);
  EXPECT_TRUE((*set)->add(as_bytes("new")));
  DatasetOptions addresses = options_of(DatasetType::kIp);
  addresses.is_state = true;
  addresses.save = "ip.lst";  // not there yet: a state begins empty
  const auto ips = store.open("ip", addresses, "");
  ASSERT_TRUE(ips);
  EXPECT_TRUE((*ips)->add(IpAddress::parse("10.0.0.1")->bytes()));
  EXPECT_TRUE((*ips)->add(IpAddress::parse("2001:db8::1")->bytes()));
  store.save(complaints);
  EXPECT_TRUE(complaints.ok());
  EXPECT_EQ(folder.text("out.lst"), "Z29vZ2xlLmNvbQ==\nYmxhaA==\nbmV3\n");
  EXPECT_EQ(folder.text("ip.lst"), "10.0.0.1\n2001:0db8:0000:0000:0000:0000:0000:0001\n");
}

TEST(DatasetStore, RefusesWhatItShould) {
  const Folder folder;
  folder.file("bad.lst", "Z29vZ2xl!!!");
  folder.file("mixed.rep", "Z29vZ2xlLmNvbQ==,1\nZ29vZ2xlLmNvbQ==\n");
  folder.file("float.rep", "Z29vZ2xlLmNvbQ==,1.0\n");
  ConfigNode config;
  Complaints complaints;
  DatasetStore store;
  store.configure(config, folder.path(), complaints);
  struct Row {
    const char *load, *save;
    bool reputation;
    const char* complaint;
  };
  const Row rows[] = {
      {"bad.lst", "", false, "failed to set up dataset 's'."},
      {"mixed.rep", "", true, "failed to set up dataset 's'."},
      {"float.rep", "", true, "failed to set up dataset 's'."},
      {"", "../x", false, "Directory traversals not allowed: ../x"},
      {"", "/tmp/x", false, "Absolute paths not allowed: /tmp/x"},
      {"nofile", "", false, "nofile"},
  };
  for (const Row& row : rows) {
    DatasetOptions options = options_of(DatasetType::kString);
    options.load = row.load;
    options.save = row.save;
    options.has_reputation = row.reputation;
    const auto set = store.open("s", options, "");
    ASSERT_FALSE(set) << row.complaint;
    EXPECT_NE(set.error().message.find(row.complaint), std::string::npos) << set.error().message;
  }
  EXPECT_FALSE(store.open("unknown", DatasetOptions{}, ""));
}

TEST(DatasetStore, JsonGivesContext) {
  const Folder folder;
  folder.file("a.json", R"({"l": {"m": [{"host": "x", "why": {"n": 1}}, {"host": "y"}]}})");
  folder.file("a.ndjson", "{\"host\":\"x\",\"n\":5}\n{\"host\":\"z\"}\n");
  ConfigNode config;
  Complaints complaints;
  DatasetStore store;
  store.configure(config, folder.path(), complaints);
  DatasetOptions options = options_of(DatasetType::kString);
  options.format = DatasetFormat::kJson;
  options.load = "a.json";
  options.value_key = "host";
  options.array_key = "l.m";
  const auto json = store.open("j", options, "");
  ASSERT_TRUE(json) << json.error().text();
  EXPECT_EQ((*json)->find(as_bytes("x")).context, R"({"host":"x","why":{"n":1}})");
  options.remove_key = true;
  const auto removed = store.open("k", options, "");
  ASSERT_TRUE(removed);
  EXPECT_EQ((*removed)->find(as_bytes("x")).context, R"({"why":{"n":1}})");
  EXPECT_EQ((*removed)->find(as_bytes("y")).context, "{}");
  options.load = "a.ndjson";
  options.format = DatasetFormat::kJsonLines;
  const auto lines = store.open("n", options, "");
  ASSERT_TRUE(lines);
  EXPECT_TRUE((*lines)->find(as_bytes("z")).present);
}

TEST(JsonScan, ReadsValuesAndRefusesHalfOnes) {
  std::size_t at = 0;
  const auto value = scan_json(R"( {"a" : [1, {"b": "c\"\u00e9"}], "d": null} )", at);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->compact(), R"({"a":[1,{"b":"c\"\u00e9"}],"d":null})");
  EXPECT_EQ(value->find("a")->items()[1].find("b")->plain(), "c\"\xc3\xa9");
  EXPECT_FALSE(value->find("a.x"));
  for (const char* const text : {"{", "{\"a\"}", "[1,", "\"abc", "{\"a\":1", ""}) {
    at = 0;
    EXPECT_FALSE(scan_json(text, at)) << text;
  }
}

}  // namespace
}  // namespace culvert
