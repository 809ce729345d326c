#include "event/pcap_sink.h"

#include <gtest/gtest.h>
#include <lz4frame.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "event/sink.h"
#include "testing/capture_writer.h"

namespace culvert {
namespace {

namespace fs = std::filesystem;

class PcapSinkTest : public testing::Test {
 protected:
  PcapSinkTest() { options_.folder = folder_.path().string(); }

  static std::string record(std::int64_t second, std::string_view bytes, std::uint16_t thread = 1, bool opens = false) {
    PcapRecordHead head;
    head.microseconds = second * 1000000 + 7;
    head.captured = static_cast<std::uint32_t>(bytes.size());
    head.wire = head.captured + 1;
    head.thread = thread;
    head.opens = opens ? 1 : 0;
    std::string text(sizeof(head), '\0');
    std::memcpy(text.data(), &head, sizeof(head));
    return text.append(bytes);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(folder_.path())) all.push_back(entry.path().filename().string());
    std::ranges::sort(all);
    return all;
  }
  std::string read(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(std::initializer_list<std::string> records) {
    const auto sink = make_pcap_sink(options_);
    for (const std::string& each : records) sink->append(each, 1);
    sink->flush();
  }

  TemporaryFolder folder_;
  PcapSinkOptions options_;
};

using Names = std::vector<std::string>;

TEST_F(PcapSinkTest, WritesWhatReadersOfPcapKnow) {
  write({record(99, "", 1, true), record(100, "packet")});
  ASSERT_EQ(names(), Names{"log.pcap.99"});
  const std::string text = read("log.pcap.99");
  ASSERT_EQ(text.size(), 24u + 16 + 6);
  EXPECT_EQ(text.substr(0, 4), "\xd4\xc3\xb2\xa1");
  EXPECT_EQ(text.substr(40), "packet");
  std::uint32_t head[4];
  std::memcpy(head, text.data() + 24, sizeof(head));
  EXPECT_EQ(head[0], 100u);
  EXPECT_EQ(head[1], 7u);
  EXPECT_EQ(head[2], 6u);
  EXPECT_EQ(head[3], 7u);
}

TEST_F(PcapSinkTest, BeginsAnotherFileWhenOneIsFull) {
  options_.limit_bytes = 24 + 16 + 10;
  write({record(1, "0123456789"), record(2, "0123456789"), record(2, "0123456789")});
  EXPECT_EQ(names(), (Names{"log.pcap.1", "log.pcap.2", "log.pcap.2-1"}));
}

TEST_F(PcapSinkTest, KeepsTheNewestFilesOnly) {
  options_.limit_bytes = 24;
  options_.max_files = 2;
  std::ofstream(folder_ / "log.pcap.0000000001") << "an earlier run's";
  std::ofstream(folder_ / "log.pcap.other") << "not ours";
  write({record(2000000001, "a"), record(2000000002, "b"), record(2000000003, "c")});
  EXPECT_EQ(names(), (Names{"log.pcap.2000000002", "log.pcap.2000000003", "log.pcap.other"}));
}

TEST_F(PcapSinkTest, HasAFileForEachWorkerInMultiMode) {
  options_.multi = true;
  options_.microseconds_in_name = true;
  options_.filename = "w%n.%t.pcap";
  write({record(5, "a", 1), record(6, "b", 2), record(7, "c", 1)});
  EXPECT_EQ(names(), (Names{"w1.5.000007.pcap", "w2.6.000007.pcap"}));
  EXPECT_EQ(read("w1.5.000007.pcap").size(), 24u + 2 * 17);
}

TEST_F(PcapSinkTest, CompressesWithLz4) {
  options_.lz4 = options_.lz4_checksum = true;
  write({record(5, std::string(5000, 'x'))});
  ASSERT_EQ(names(), Names{"log.pcap.5.lz4"});
  const std::string packed = read("log.pcap.5.lz4");
  EXPECT_LT(packed.size(), 1000u);
  LZ4F_dctx* context = nullptr;
  ASSERT_EQ(LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)), 0u);
  std::string text(6000, '\0');
  std::size_t out = 0, in = 0;
  while (in < packed.size()) {
    std::size_t to = text.size() - out, from = packed.size() - in;
    ASSERT_EQ(LZ4F_isError(LZ4F_decompress(context, text.data() + out, &to, packed.data() + in, &from, nullptr)), 0u);
    out += to;
    in += from;
    if (to == 0 && from == 0) break;
  }
  LZ4F_freeDecompressionContext(context);
  EXPECT_EQ(out, 24u + 16 + 5000);
}

}  // namespace
}  // namespace culvert
