#include "defrag/defragmenter.h"

#include <gtest/gtest.h>

#include "packet/decode_counters.h"
#include "testing/hex.h"
#include "testing/packet_builder.h"

namespace culvert {
namespace {

/// Feeds raw IP packets; remembers the last datagram.
class Feed {
 public:
  explicit Feed(const DefragOptions& options = {})
      : options_(options), decoder_({}, decode_counters_), defrag_(options_, decoder_, counters_) {}

  /// Whether the fragment made its datagram whole.
  bool operator()(const std::vector<std::byte>& bytes, Timestamp time = make_timestamp(100),
                  Tenant tenant = {}) {
    bytes_ = bytes;
    packet_ = {};
    packet_.data = bytes_;
    packet_.wire_length = static_cast<std::uint32_t>(bytes_.size());
    packet_.link = LinkType::kRaw;
    packet_.time = time;
    packet_.tenant = tenant;
    stack_.clear();
    decoder_.decode(packet_, stack_);
    if (!packet_.is_fragment) return false;
    defrag_.process(packet_, stack_);
    return !stack_.empty();
  }
  Packet& whole() { return stack_[0]; }
  Packet& fragment() { return packet_; }
  const DefragCounters& counters() const { return counters_; }
  Defragmenter& defrag() { return defrag_; }

 private:
  DefragOptions options_;
  DecodeCounters decode_counters_;
  DefragCounters counters_;
  Decoder decoder_;
  Defragmenter defrag_;
  std::vector<std::byte> bytes_;
  Packet packet_;
  PacketStack stack_;
};

/// UDP 1000 -> 53 with 8 bytes of payload, in two fragments.
std::vector<std::byte> ipv4_fragment(bool first, std::uint16_t id = 7) {
  const auto bytes = first ? hex("03e8 0035 0010 0000") : text_bytes("payload!");
  return PacketBuilder()
      .ipv4("10.0.0.1", "10.0.0.2",
            {.id = id,
             .more_fragments = first,
             .fragment_offset = static_cast<std::uint16_t>(first ? 0 : 8),
             .protocol = 17})
      .payload(as_text(bytes))
      .build();
}

TEST(Defragmenter, MakesADatagramOfFragmentsInAnyOrder) {
  for (const bool first : {true, false}) {
    Feed feed;
    EXPECT_FALSE(feed(ipv4_fragment(first)));
    ASSERT_TRUE(feed(ipv4_fragment(!first)));
    EXPECT_TRUE(feed.whole().is_udp());
    EXPECT_EQ(feed.whole().destination_port, 53);
    EXPECT_EQ(as_text(feed.whole().payload), "payload!");
    EXPECT_EQ(feed.whole().tunnel, TunnelKind::kDefrag);
    EXPECT_EQ(feed.defrag().tracker_count(), 0u);
    EXPECT_EQ(feed.counters().ipv4_reassembled.value(), 1u);
  }
}

TEST(Defragmenter, TenantsNeverMeet) {
  Feed feed;
  EXPECT_FALSE(feed(ipv4_fragment(true), make_timestamp(1), {1, TenantKind::kGwlbEndpoint}));
  EXPECT_FALSE(feed(ipv4_fragment(false), make_timestamp(1), {2, TenantKind::kGwlbEndpoint}));
  EXPECT_TRUE(feed(ipv4_fragment(false), make_timestamp(1), {1, TenantKind::kGwlbEndpoint}));
}

TEST(Defragmenter, ForgetsWhatWaitsTooLong) {
  Feed feed;
  EXPECT_FALSE(feed(ipv4_fragment(true), make_timestamp(100)));
  feed.defrag().expire(make_timestamp(161));
  EXPECT_EQ(feed.defrag().tracker_count(), 0u);
  EXPECT_FALSE(feed(ipv4_fragment(false), make_timestamp(161)));
  EXPECT_EQ(feed.counters().tracker_timeout.value(), 1u);
}

TEST(Defragmenter, LimitsWhatIsHeld) {
  DefragOptions options;
  options.max_trackers = 2;
  Feed feed(options);
  for (std::uint16_t id = 1; id <= 5; ++id) feed(ipv4_fragment(true, id));
  EXPECT_EQ(feed.defrag().tracker_count(), 2u);
  EXPECT_EQ(feed.counters().max_trackers_reached.value(), 3u);
  EXPECT_TRUE(feed.fragment().events.has(number_of(PacketEvent::kIpv4FragIgnored)));
}

}  // namespace
}  // namespace culvert
