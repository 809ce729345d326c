#include "io/pcap_source.h"

#include <gtest/gtest.h>

#include <fstream>

#include "testing/capture_writer.h"
#include "testing/chop.h"
#include "testing/hex.h"
#include "testing/packet_builder.h"

namespace culvert {
namespace {

void write_file(const std::filesystem::path& file, Bytes bytes) {
  std::ofstream(file, std::ios::binary) << as_text(bytes);
}

/// What a source gives: sizes of the packets, in order.
std::vector<std::size_t> read_all(PcapSource& source) {
  std::vector<std::size_t> sizes;
  std::array<Packet, 8> batch;
  while (!source.finished()) {
    const std::size_t count = source.receive(batch, std::chrono::milliseconds(0));
    for (std::size_t i = 0; i < count; ++i) sizes.push_back(batch[i].data.size());
    source.release(std::span(batch).first(count));
  }
  return sizes;
}

TEST(PcapSource, ReadsMicrosecondsAndNanoseconds) {
  for (const bool nanoseconds : {false, true}) {
    TemporaryFolder folder;
    CaptureWriter capture(CaptureWriter::kEthernet, nanoseconds);
    capture.add(hex("01 02 03"), make_timestamp(5, 7000), 60);
    capture.write(folder / "a.pcap");
    auto source = PcapSource::open({.path = folder / "a.pcap"});
    ASSERT_TRUE(source.has_value());
    std::array<Packet, 4> batch;
    ASSERT_EQ((*source)->receive(batch, {}), 1u);
    EXPECT_EQ(batch[0].time, make_timestamp(5, 7000));
    EXPECT_EQ(batch[0].wire_length, 60u);
    EXPECT_EQ(batch[0].number, 1u);
    EXPECT_EQ(to_hex(batch[0].data), "010203");
  }
}

TEST(PcapSource, ReadsAFolderInOrderAndCountsOn) {
  TemporaryFolder folder;
  for (const int size : {1, 2, 3}) {
    CaptureWriter capture;
    capture.add(std::vector<std::byte>(static_cast<std::size_t>(size)));
    const auto file = folder / (std::to_string(size) + ".pcap");
    capture.write(file);
    std::filesystem::last_write_time(
        file, std::filesystem::file_time_type::clock::now() + std::chrono::hours(size));
  }
  auto source = PcapSource::open({.path = folder.path()});
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(read_all(**source), (std::vector<std::size_t>{1, 2, 3}));
}

TEST(PcapSource, KeepsWhatCameBeforeACutAndSaysSo) {
  TemporaryFolder folder;
  CaptureWriter capture;
  capture.add(hex("01 02 03"));
  capture.add(hex("04 05 06"));
  write_file(folder / "cut.pcap", Bytes(capture.bytes()).first(capture.bytes().size() - 1));
  auto source = PcapSource::open({.path = folder / "cut.pcap"});
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(read_all(**source), (std::vector<std::size_t>{3}));
  EXPECT_NE((*source)->error().find("cut short"), std::string::npos);
}

TEST(PcapSource, RefusesWhatIsNoCapture) {
  TemporaryFolder folder;
  write_file(folder / "text", as_bytes("this is not a capture file at all"));
  write_file(folder / "empty", {});
  for (const char* name : {"text", "empty", "absent"}) {
    EXPECT_FALSE(PcapSource::open({.path = folder / name}).has_value()) << name;
  }
}

TEST(PcapSource, FiltersAndRefusesABadFilter) {
  TemporaryFolder folder;
  CaptureWriter capture;
  capture.add(PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1, 53).build());
  capture.add(PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1, 54).build());
  capture.write(folder / "a.pcap");
  auto source = PcapSource::open({.path = folder / "a.pcap", .filter = "udp port 54"});
  ASSERT_TRUE(source.has_value());
  std::array<Packet, 4> batch;
  ASSERT_EQ((*source)->receive(batch, {}), 1u);
  EXPECT_EQ(batch[0].number, 2u);
  EXPECT_FALSE(
      PcapSource::open({.path = folder / "a.pcap", .filter = "nonsense here"}).has_value());
}

/// pcapng, big endian: section, interface with nanoseconds, an enhanced packet, a simple packet.
const char* const kPcapng =
    "0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c"
    "00000001 00000020 0001 0000 00040000 0009 0001 09000000 0000 0000 00000020"
    "00000006 00000024 00000000 00000000 00000005 00000003 0000003c 01020300 00000024"
    "00000003 00000014 00000002 0a0b0000 00000014";

TEST(CaptureParser, ReadsPcapngHoweverItIsCut) {
  const auto file = hex(kPcapng);
  for_each_chop(file, [](const std::vector<Bytes>& pieces) {
    CaptureParser parser;
    std::vector<std::byte> held;
    std::string packets;
    for (const Bytes piece : pieces) {
      held.insert(held.end(), piece.begin(), piece.end());
      for (;;) {
        CaptureParser::Record record;
        std::size_t consumed = 0;
        const auto status = parser.next(held, consumed, record);
        ASSERT_NE(status, CaptureParser::Status::kBroken) << parser.error();
        if (status == CaptureParser::Status::kNeedMore) break;
        if (status == CaptureParser::Status::kPacket) {
          packets += to_hex(record.data) + "@" +
                     std::to_string(record.time.time_since_epoch().count()) + "/" +
                     std::to_string(record.wire_length) + " ";
        }
        held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(consumed));
      }
    }
    EXPECT_EQ(packets, "010203@5/60 0a0b@0/2 ");
    EXPECT_EQ(parser.end(held.size()), "");
  });
}

TEST(CaptureParser, RefusesWhatCannotBe) {
  const std::pair<const char*, const char*> cases[] = {
      {"huge pcap record",
       "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000 00000000 00000000 ffffffff 00000000"},
      {"pcapng block of 8 bytes", "0a0d0d0a 00000008 1a2b3c4d"},
      {"packet of an interface never described",
       "0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c"
       "00000006 00000024 00000001 00000000 00000005 00000003 0000003c 01020300 00000024"},
  };
  for (const auto& [name, text] : cases) {
    const auto file = hex(text);
    CaptureParser parser;
    Bytes rest = file;
    auto status = CaptureParser::Status::kSkipped;
    while (status == CaptureParser::Status::kSkipped) {
      CaptureParser::Record record;
      std::size_t consumed = 0;
      status = parser.next(rest, consumed, record);
      rest = rest.subspan(consumed);
    }
    EXPECT_EQ(status, CaptureParser::Status::kBroken) << name;
  }
}

}  // namespace
}  // namespace culvert
