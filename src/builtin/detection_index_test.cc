// Which rules a packet meets, held against trying them all: the index by pattern, protocol and
// ports and the gates must leave out no rule that matches, and the order of trying must let in none
// that does not.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>

#include "builtin/rule_testing.h"
#include "detect/detector_impl.h"
#include "testing/decode_packet.h"

namespace culvert {
namespace {

/// Tries every rule, one after the other, on what the detector has just inspected.
class TryAll final : public DetectWatch {
 public:
  void end_inspect(Detector::Impl& detector) override {
    found.clear();
    for (const auto& rule : detector.program->all) {
      bool stream = false;
      if (detector.protocol_matches(*rule) && detector.header_matches(*rule) &&
          detector.flow_matches(*rule) && detector.packet_matches(*rule) &&
          detector.payload_matches(*rule, stream)) {
        found.insert(rule->meta.sid);
      }
    }
  }
  std::set<std::uint32_t> found;
};

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t limit) { return random_() % limit; }
  template <class T, std::size_t kSize>
  const T& of(const std::array<T, kSize>& all) {
    return all[below(kSize)];
  }

 private:
  std::mt19937 random_;
};

using Texts = std::string_view;
constexpr std::array<Texts, 9> kProtocols{"tcp", "udp",        "ip",   "icmp", "tcp-pkt",
                                          "tls", "tcp-stream", "smtp", "dns"};
constexpr std::array<Texts, 5> kAddresses{"any", "10.0.0.0/8", "!10.0.0.0/8",
                                          "[10.0.0.1,2001:db8::/32]", "!10.0.0.2"};
constexpr std::array<Texts, 9> kPorts{
    "any", "any", "53", "!53", "1024:", "[25,53]", "25", "4000:4100", "443"};
constexpr std::array<Texts, 9> kFlows{"",
                                      "",
                                      "",
                                      "flow:to_server; ",
                                      "flow:to_client; ",
                                      "flow:established; ",
                                      "flow:not_established; ",
                                      "flow:stateless; ",
                                      "flow:established,to_server; "};
constexpr std::array<std::uint16_t, 6> kPacketPorts{53, 25, 443, 4050, 40000, 80};

std::string random_content(Dice& dice) {
  std::string text = "content:\"";
  const std::size_t size = 1 + dice.below(3);
  for (std::size_t i = 0; i < size; ++i) text += "abcd"[dice.below(4)];
  return text + "\"; " + (dice.below(3) == 0 ? "nocase; " : "") +
         (dice.below(4) == 0 ? "depth:4; " : "");
}

std::string random_rules(Dice& dice, unsigned count) {
  std::string text;
  for (unsigned sid = 1; sid <= count; ++sid) {
    const Texts protocol = dice.of(kProtocols);
    const bool has_ports = protocol != "ip" && protocol != "icmp";
    const auto port = [&] { return std::string(has_ports ? dice.of(kPorts) : "any"); };
    Texts flow = dice.of(kFlows);
    if (protocol == "tcp-stream" && flow.find("stateless") != flow.npos) flow = "";
    text += "alert " + std::string(protocol) + " " + std::string(dice.of(kAddresses)) + " " +
            port() + (dice.below(6) == 0 ? " <> " : " -> ") + std::string(dice.of(kAddresses)) +
            " " + port() + " (" + std::string(flow) + random_content(dice) +
            (dice.below(3) == 0 ? random_content(dice) : "") + "sid:" + std::to_string(sid) +
            ";)\n";
  }
  return text;
}

std::string random_payload(Dice& dice) {
  std::string text;
  const std::size_t size = dice.below(12);
  for (std::size_t i = 0; i < size; ++i) text += "abcdAC"[dice.below(6)];
  return text;
}

std::vector<std::byte> random_packet(Dice& dice) {
  const bool v6 = dice.below(4) == 0;
  constexpr std::array<const char*, 3> kV4{"10.0.0.1", "10.0.0.2", "192.0.2.7"};
  constexpr std::array<const char*, 2> kV6{"2001:db8::1", "2001:db9::1"};
  PacketBuilder builder;
  builder.ethernet();
  if (v6) {
    builder.ipv6(dice.of(kV6), dice.of(kV6));
  } else {
    builder.ipv4(dice.of(kV4), dice.of(kV4));
  }
  switch (dice.below(5)) {
    case 0:
    case 1:
      builder.tcp(dice.of(kPacketPorts), dice.of(kPacketPorts));
      break;
    case 2:
    case 3:
      builder.udp(dice.of(kPacketPorts), dice.of(kPacketPorts));
      break;
    default:
      if (v6) {
        builder.icmp6(128, 0);
      } else {
        builder.icmp4(8, 0);
      }
      break;
  }
  return builder.payload(random_payload(dice)).build();
}

constexpr unsigned kRules = 150;

/// The detector with its index, and one that tries all rules, with the same rules.
struct BothDetectors {
  explicit BothDetectors(const std::string& text) {
    std::string complaint;
    const auto rules = compile_rules_for_test(text, complaint);
    EXPECT_EQ(complaint, "") << text;
    fast.use(rules);
    slow.use(rules);
    slow.watch(&all);
  }
  static DetectOptions options() {
    DetectOptions options;
    options.packet_alert_max = 2 * kRules;
    return options;
  }
  Detector fast{options()}, slow{options()};
  TryAll all;
};

TEST(DetectionIndex, FindsTheRulesThatTryingAllFinds) {
  unsigned matches = 0;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    Dice dice(seed);
    const std::string text = random_rules(dice, kRules);
    BothDetectors both(text);
    Detector &fast = both.fast, &slow = both.slow;
    TryAll& all = both.all;
    for (unsigned round = 0; round < 200; ++round) {
      const auto bytes = random_packet(dice);
      const std::string stream_bytes = random_payload(dice);
      PacketStack stack;
      Packet packet;
      decode_packet(bytes, packet, stack);
      Flow flow;
      flow.sides[0].packets = flow.sides[1].packets = 2;
      DetectInput in;
      in.packet = &packet;
      in.direction = dice.below(2) == 0 ? Direction::kToServer : Direction::kToClient;
      if (dice.below(5) != 0) in.flow = &flow;
      packet.established = in.flow != nullptr && dice.below(2) == 0;
      packet.stream_inspected = dice.below(2) == 0;
      constexpr std::array kApps{AppProto::kUnknown, AppProto::kTls, AppProto::kSmtp,
                                 AppProto::kDns};
      if (in.flow != nullptr) in.app.proto = dice.of(kApps);
      if (packet.is_tcp() && in.flow != nullptr && dice.below(2) == 0) {
        in.stream = {as_bytes(std::string_view(stream_bytes)), dice.below(2),
                     !stream_bytes.empty()};
      }
      slow.inspect(in);
      fast.inspect(in);
      std::set<std::uint32_t> found;
      for (const Alert& alert : fast.alerts()) found.insert(alert.rule->sid);
      ASSERT_EQ(found, all.found) << "seed " << seed << " round " << round << "\n" << text;
      matches += static_cast<unsigned>(found.size());
      fast.release(flow);
    }
  }
  EXPECT_GT(matches, 1000u);
}

/// One direction of a connection, packet by packet, with pieces of its stream now and then: what
/// was found in packets stands for what is in the pieces.
TEST(DetectionIndex, PacketsTellWhatIsInTheirStream) {
  unsigned matches = 0;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    Dice dice(seed + 100);
    const std::string text = random_rules(dice, kRules);
    BothDetectors both(text);
    Detector &fast = both.fast, &slow = both.slow;
    TryAll& all = both.all;
    for (unsigned connection = 0; connection < 30; ++connection) {
      Flow flow, flow_of_slow;
      flow.sides[0].packets = flow.sides[1].packets = 2;
      flow_of_slow.sides[0].packets = flow_of_slow.sides[1].packets = 2;
      std::string stream;
      std::size_t looked_at = 0, held_from = 0;
      std::uint64_t version = 1;
      for (unsigned round = 0; round < 12; ++round) {
        const std::string payload =
            random_payload(dice) + std::string(dice.below(3) == 0 ? 300 : 0, '.');
        const std::size_t fresh = stream.size();
        stream += payload;
        const auto bytes = PacketBuilder()
                               .ethernet()
                               .ipv4("10.0.0.1", "10.0.0.2")
                               .tcp(25, 4040)
                               .payload(payload)
                               .build();
        PacketStack stack;
        Packet packet;
        decode_packet(bytes, packet, stack);
        packet.established = packet.stream_inspected = true;
        DetectInput in;
        in.packet = &packet;
        in.app.proto = round < 2 ? AppProto::kUnknown : AppProto::kSmtp;
        if (dice.below(10) == 0) ++version;
        in.stream_version = version;
        const Bytes held = as_bytes(std::string_view(stream));
        if (dice.below(8) != 0 && !payload.empty()) {
          const std::size_t begin =
              std::max(held_from, fresh - std::min(fresh, DetectInput::kBytesBefore));
          in.newest = {held.subspan(begin), begin, fresh};
        }
        if (dice.below(3) == 0 && looked_at < stream.size()) {
          const std::size_t end =
              dice.below(2) == 0 ? stream.size() : std::max(fresh, looked_at + 1);
          in.stream = {held.subspan(looked_at, end - looked_at), looked_at, true};
          looked_at = held_from = end;
        }
        in.flow = &flow_of_slow;
        slow.inspect(in);
        in.flow = &flow;
        fast.inspect(in);
        std::set<std::uint32_t> found;
        for (const Alert& alert : fast.alerts()) found.insert(alert.rule->sid);
        ASSERT_EQ(found, all.found)
            << "seed " << seed << " connection " << connection << " round " << round << "\n"
            << text;
        matches += static_cast<unsigned>(found.size());
      }
      fast.release(flow);
      slow.release(flow_of_slow);
    }
  }
  EXPECT_GT(matches, 1000u);
}

}  // namespace
}  // namespace culvert
