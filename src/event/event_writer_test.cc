#include "event/event_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/config_file.h"

namespace culvert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EventWriterTest : public ::testing::Test {
 protected:
  EventWriterTest() {
    std::string name = (std::filesystem::temp_directory_path() / "culvert-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~EventWriterTest() override { std::filesystem::remove_all(folder_); }

  SinkOptions file(const std::string& name) const {
    SinkOptions options;
    options.path = (folder_ / name).string();
    return options;
  }
  std::string read(const std::string& name) const {
    std::ifstream in(folder_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      result.push_back(entry.path().filename().string());
    }
    std::ranges::sort(result);
    return result;
  }

  std::filesystem::path folder_;
};

TEST_F(EventWriterTest, WritesEachRecordToItsSinkInOrder) {
  Complaints complaints;
  const std::vector<SinkOptions> sinks = {file("a.json"), file("sub/b.log")};
  EventWriter writer(sinks, {}, complaints);
  EXPECT_TRUE(complaints.ok());
  EventOutput& output = writer.add_output();
  writer.start();
  output.write(0, "one");
  output.write(1, "p: ", "two");
  output.write(0, "three");
  writer.stop();
  EXPECT_EQ(read("a.json"), "one\nthree\n");
  EXPECT_EQ(read("sub/b.log"), "p: two\n");
  EXPECT_EQ(writer.counters().records.value(), 3u);
  EXPECT_EQ(writer.counters().bytes.value(), 17u);
  EXPECT_EQ(output.counters().records.value(), 3u);
}

TEST_F(EventWriterTest, GivesEachProducerAFileOfItsOwn) {
  Complaints complaints;
  std::vector<SinkOptions> sinks = {file("eve.json"), file("plain")};
  sinks[0].threaded = true;
  EventWriter writer(sinks, {}, complaints);
  EventOutput& silent = writer.add_output();
  EventOutput& first = writer.add_output();
  EventOutput& second = writer.add_output();
  writer.start();
  first.write(0, "one");
  first.write(1, "of first");
  first.flush();
  second.write(1, "of second");
  second.write(0, "two");
  second.write(0, "three");
  writer.stop();
  EXPECT_EQ(silent.counters().records.value(), 0u);
  EXPECT_THAT(names(), ElementsAre("eve.1.json", "eve.2.json", "plain"));
  std::vector<std::string> texts = {read("eve.1.json"), read("eve.2.json")};
  std::ranges::sort(texts);
  EXPECT_THAT(texts, ElementsAre("one\n", "two\nthree\n"));
  EXPECT_EQ(writer.counters().records.value(), 5u);
}

TEST_F(EventWriterTest, LosesWhatGoesToAThreadedFileThatCannotBeOpened) {
  Complaints complaints;
  std::vector<SinkOptions> sinks = {file("eve.json")};
  sinks[0].threaded = true;
  sinks[0].path = "/proc/no/such/folder/eve.json";
  EventWriter writer(sinks, {}, complaints);
  EventOutput& output = writer.add_output();
  writer.start();
  output.write(0, "one");
  output.write(0, "two");
  writer.stop();
  EXPECT_EQ(writer.counters().lost.value(), 2u);
}

TEST_F(EventWriterTest, TakesAllOfManyProducersWhenTheyMayWait) {
  constexpr int kProducers = 4;
  constexpr int kRecords = 20'000;
  Complaints complaints;
  const std::vector<SinkOptions> sinks = {file("a.json")};
  EventWriterOptions options;
  options.wait_when_full = true;
  options.blocks = 2;
  EventWriter writer(sinks, options, complaints);
  std::vector<EventOutput*> outputs;
  for (int i = 0; i < kProducers; ++i) outputs.push_back(&writer.add_output());
  writer.start();
  std::vector<std::thread> threads;
  for (EventOutput* output : outputs) {
    threads.emplace_back([output] {
      for (int i = 0; i < kRecords; ++i) output->write(0, "a record of some length, number ...");
      output->write(0, std::string(300'000, 'x'));  // longer than a block
    });
  }
  for (std::thread& thread : threads) thread.join();
  writer.stop();
  const std::string text = read("a.json");
  EXPECT_EQ(std::ranges::count(text, '\n'), kProducers * (kRecords + 1));
  EXPECT_EQ(text.size(), std::size_t{kProducers} * (kRecords * 36 + 300'001));
  for (const EventOutput* output : outputs) EXPECT_EQ(output->counters().lost.value(), 0u);
}

TEST_F(EventWriterTest, LosesAndCountsWhenNobodyEmptiesTheRingsLive) {
  Complaints complaints;
  const std::vector<SinkOptions> sinks = {file("a.json")};
  EventWriterOptions options;
  options.blocks = 2;
  EventWriter writer(sinks, options, complaints);
  EventOutput& output = writer.add_output();  // not started
  const std::string record(EventBlock::kFullBytes, 'x');
  for (int i = 0; i < 5; ++i) output.write(0, record);
  EXPECT_EQ(output.counters().lost.value(), 3u);
  writer.start();
  writer.stop();
  EXPECT_EQ(writer.counters().records.value(), 2u);
}

TEST_F(EventWriterTest, HandsOverWhatWaited) {
  Complaints complaints;
  const std::vector<SinkOptions> sinks = {file("a.json")};
  EventWriter writer(sinks, {}, complaints);
  EventOutput& output = writer.add_output();
  writer.start();
  output.write(0, "one");
  output.on_turn(make_timestamp(10));
  output.on_turn(make_timestamp(10, 50'000'000));
  EXPECT_EQ(read("a.json"), "");
  output.on_turn(make_timestamp(10, 150'000'000));
  for (int i = 0; i < 1000 && read("a.json").empty(); ++i) ::usleep(1000);
  EXPECT_EQ(read("a.json"), "one\n");
}

TEST_F(EventWriterTest, ComplainsOfFilesThatCannotBeOpenedAndCountsTheirRecords) {
  Complaints complaints;
  const std::vector<SinkOptions> sinks = {file("a/b.json"), file("a")};
  std::ofstream(folder_ / "a") << "a file, not a folder";
  EventWriter writer(sinks, {}, complaints);
  ASSERT_EQ(complaints.errors.size(), 1u);
  EXPECT_THAT(complaints.errors[0].text(), HasSubstr("cannot open"));
  EventOutput& output = writer.add_output();
  writer.start();
  output.write(0, "lost");
  writer.stop();
  EXPECT_EQ(writer.counters().lost.value(), 1u);
}

TEST_F(EventWriterTest, ReopensOnRequest) {
  Complaints complaints;
  const std::vector<SinkOptions> sinks = {file("a.json")};
  EventWriter writer(sinks, {}, complaints);
  EventOutput& output = writer.add_output();
  writer.start();
  output.write(0, "one");
  output.flush();
  for (int i = 0; i < 1000 && read("a.json").empty(); ++i) ::usleep(1000);
  std::filesystem::rename(folder_ / "a.json", folder_ / "a.json.1");
  writer.request_reopen();
  for (int i = 0; i < 1000 && !std::filesystem::exists(folder_ / "a.json"); ++i) ::usleep(1000);
  output.write(0, "two");
  writer.stop();
  EXPECT_EQ(read("a.json.1"), "one\n");
  EXPECT_EQ(read("a.json"), "two\n");
}

TEST_F(EventWriterTest, AppendsOrBeginsAnew) {
  std::ofstream(folder_ / "a.json") << "old\n";
  std::ofstream(folder_ / "b.json") << "old\n";
  SinkOptions anew = file("b.json");
  anew.append = false;
  anew.file_mode = 0600;
  for (const SinkOptions& options : {file("a.json"), anew}) {
    auto sink = make_sink(options, make_timestamp(0));
    ASSERT_TRUE(sink);
    (*sink)->append("new\n", 1);
  }
  EXPECT_EQ(read("a.json"), "old\nnew\n");
  EXPECT_EQ(read("b.json"), "new\n");
  EXPECT_EQ(std::filesystem::status(folder_ / "b.json").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(EventWriterTest, RotatesBySizeAndTime) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  SinkOptions by_size = file("a.json");
  by_size.rotate_bytes = 10;
  auto sink = make_sink(by_size, make_timestamp(1700000000));
  ASSERT_TRUE(sink);
  for (const char* record : {"12345678\n", "2\n", "3\n", "12345678901234\n"}) {
    (*sink)->append(record, 1);
  }
  EXPECT_EQ((*sink)->rotations(), 2u);
  sink->reset();
  EXPECT_THAT(names(), ElementsAre("a-20231114-221320-1.json", "a-20231114-221320.json", "a.json"));
  EXPECT_EQ(read("a-20231114-221320.json"), "12345678\n");
  EXPECT_EQ(read("a-20231114-221320-1.json"), "2\n3\n");
  EXPECT_EQ(read("a.json"), "12345678901234\n");

  SinkOptions by_hour = file("h-%H.json");
  by_hour.rotate_at = RotateAt::kHour;
  auto hourly = make_sink(by_hour, make_timestamp(1700000000));
  ASSERT_TRUE(hourly);
  (*hourly)->append("22\n", 1);
  (*hourly)->on_time(make_timestamp(1700002799));
  (*hourly)->append("22\n", 1);
  (*hourly)->on_time(make_timestamp(1700002800));
  (*hourly)->append("23\n", 1);
  hourly->reset();
  EXPECT_EQ(read("h-22.json"), "22\n22\n");
  EXPECT_EQ(read("h-23.json"), "23\n");
}

class Listener {
 public:
  Listener(const std::string& path, int type) : fd_(::socket(AF_UNIX, type, 0)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    if (type == SOCK_STREAM) ::listen(fd_.get(), 1);
  }
  int fd() const { return fd_.get(); }

 private:
  Fd fd_;
};

std::string receive(int fd) {
  char buffer[4096];
  const ssize_t size = ::recv(fd, buffer, sizeof(buffer), 0);
  return {buffer, size < 0 ? 0 : static_cast<std::size_t>(size)};
}

TEST_F(EventWriterTest, SendsToUnixSocketsAndSurvivesTheirAbsence) {
  SinkOptions stream = file("s");
  stream.kind = SinkKind::kUnixStream;
  SinkOptions datagram = file("d");
  datagram.kind = SinkKind::kUnixDatagram;
  auto absent = make_sink(stream, make_timestamp(0));
  ASSERT_TRUE(absent);
  (*absent)->append("lost\n", 1);
  EXPECT_EQ((*absent)->lost_records(), 1u);

  const Listener stream_peer(stream.path, SOCK_STREAM);
  const Listener datagram_peer(datagram.path, SOCK_DGRAM);
  auto to_stream = make_sink(stream, make_timestamp(0));
  auto to_datagram = make_sink(datagram, make_timestamp(0));
  (*to_stream)->append("one\ntwo\n", 2);
  (*to_datagram)->append("one\ntwo\n", 2);
  {
    const Fd accepted(::accept(stream_peer.fd(), nullptr, nullptr));
    EXPECT_EQ(receive(accepted.get()), "one\ntwo\n");
  }
  EXPECT_EQ(receive(datagram_peer.fd()), "one\n");
  EXPECT_EQ(receive(datagram_peer.fd()), "two\n");
  EXPECT_EQ((*to_datagram)->written_records(), 2u);
  (*to_stream)->append("lost\n", 1);  // the peer has gone
  EXPECT_EQ((*to_stream)->lost_records(), 1u);
  // A peer that does not read costs records, not time.
  for (int i = 0; i < 2000; ++i) (*to_datagram)->append("x\n", 1);
  EXPECT_GT((*to_datagram)->lost_records(), 0u);
}

TEST(SinkOptions, ReadsTheKeysOfTheReference) {
  Complaints complaints;
  const ConfigNode root = parse_config(
      "%YAML 1.1\n---\na: {filename: x.json, append: no, filemode: 640, rotate-interval: hour}\n"
      "b: {filetype: unix_dgram, filename: /run/x}\nc: {filetype: syslog, facility: local3, level: "
      "notice, identity: me, prefix: '@cee: '}\nd: {filename: stdout}\n"
      "e: {rotate-interval: 5m, rotate-size: 1kb}\nf: {filetype: foo, filemode: 9, "
      "rotate-interval: never}\n",
      "t", complaints);
  EXPECT_TRUE(complaints.ok());
  const auto parse = [&](const char* name) {
    return parse_sink_options(*root.find(name), "/log", "default.json", complaints);
  };
  EXPECT_EQ(parse("a").path, "/log/x.json");
  EXPECT_FALSE(parse("a").append);
  EXPECT_EQ(parse("a").file_mode, 0640u);
  EXPECT_EQ(parse("a").rotate_at, RotateAt::kHour);
  EXPECT_EQ(parse("b").kind, SinkKind::kUnixDatagram);
  EXPECT_EQ(parse("b").path, "/run/x");
  EXPECT_EQ(parse("c").syslog_priority, 19 << 3 | 5);
  EXPECT_EQ(parse("c").prefix, "@cee: ");
  EXPECT_EQ(parse("d").kind, SinkKind::kStdout);
  EXPECT_EQ(parse("e").path, "/log/default.json");
  EXPECT_EQ(parse("e").rotate_interval, std::chrono::minutes(5));
  EXPECT_EQ(parse("e").rotate_bytes, 1024u);
  EXPECT_THAT(complaints.errors, IsEmpty());
  parse("f");
  EXPECT_EQ(complaints.errors.size(), 3u);
}

}  // namespace
}  // namespace culvert
