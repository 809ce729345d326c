// Numbers of a flow: its age, packets and bytes, and bytes of its TCP streams.
#include "keywords/flow_numbers.h"

#include <algorithm>

#include "app/protocol_spec.h"
#include "base/clock.h"
#include "detect/rule_draft.h"
#include "rule/number_match.h"
#include "rule/value.h"
#include "stream/tcp_session.h"

namespace culvert::keywords {
namespace {

/// `get(const Flow&)` compared with a number.
template <class Get>
class FlowTest final : public Keyword {
 public:
  FlowTest(Get get, const NumberMatch& test) : get_(std::move(get)), test_(test) {}
  bool match(const MatchContext& context) const noexcept override {
    return context.flow != nullptr && test_.matches(get_(*context.flow));
  }

 private:
  Get get_;
  NumberMatch test_;
};

template <class Get>
Result<void> add_flow_test(RuleBuilder& rule, std::string_view text, std::uint64_t highest, Get get) {
  auto test = NumberMatch::parse(trim(text), highest);
  if (!test) return tl::unexpected(test.error());
  draft_of(rule).looks_at_flow_only = false;
  draft_of(rule).needs_packet = true;
  rule.add_packet_match(std::make_unique<FlowTest<Get>>(std::move(get), *test));
  return {};
}

Result<void> compile_age(RuleBuilder& rule, std::string_view argument) {
  return add_flow_test(rule, argument, UINT32_MAX, [](const Flow& flow) {
    return static_cast<std::uint64_t>(whole_seconds(flow.last_seen) -
                                      whole_seconds(flow.first_seen));
  });
}

/// What is counted: `flow.pkts:toserver,>10`, `flow.pkts_toserver:>10`.
enum class Side : std::uint8_t { kToServer, kToClient, kEither, kBoth };

template <std::uint64_t FlowSide::*kCount>
Result<void> compile_count(RuleBuilder& rule, std::string_view text, Side side) {
  if (side != Side::kEither) {
    return add_flow_test(rule, text, UINT64_MAX, [side](const Flow& flow) {
      const std::uint64_t up = flow.sides[0].*kCount, down = flow.sides[1].*kCount;
      return side == Side::kToServer ? up : side == Side::kToClient ? down : up + down;
    });
  }
  auto test = NumberMatch::parse(trim(text), UINT64_MAX);
  if (!test) return tl::unexpected(test.error());
  class Either final : public Keyword {
   public:
    explicit Either(const NumberMatch& match) : test_(match) {}
    bool match(const MatchContext& context) const noexcept override {
      return context.flow != nullptr && (test_.matches(context.flow->sides[0].*kCount) ||
                                         test_.matches(context.flow->sides[1].*kCount));
    }

   private:
    NumberMatch test_;
  };
  draft_of(rule).looks_at_flow_only = false;
  draft_of(rule).needs_packet = true;
  rule.add_packet_match(std::make_unique<Either>(*test));
  return {};
}

template <std::uint64_t FlowSide::*kCount>
Result<void> compile_sided(RuleBuilder& rule, std::string_view argument) {
  const auto parts = split_list(argument);
  if (parts.size() != 2) return failure("it takes a direction and a number: 'toserver,>10'");
  const std::string_view side = parts[0];
  if (side == "toserver") return compile_count<kCount>(rule, parts[1], Side::kToServer);
  if (side == "toclient") return compile_count<kCount>(rule, parts[1], Side::kToClient);
  if (side == "either") return compile_count<kCount>(rule, parts[1], Side::kEither);
  if (side == "both") return compile_count<kCount>(rule, parts[1], Side::kBoth);
  return failure("the direction is one of toserver, toclient, either, both, not '" +
                 std::string(side) + "'");
}

template <std::uint64_t FlowSide::*kCount, Side kSide>
Result<void> compile_one(RuleBuilder& rule, std::string_view argument) {
  return compile_count<kCount>(rule, argument, kSide);
}

/// `stream_size:<side>,<mode>,<bytes>`: side is server (sent by it), client, both, either.
Result<void> compile_stream_size(RuleBuilder& rule, std::string_view argument) {
  const auto parts = split_list(argument);
  if (parts.size() != 3) return failure("stream_size takes a side, a test and a number: 'client,>,100'");
  enum class Whose : std::uint8_t { kServer, kClient, kBoth, kEither } whose = Whose::kServer;
  if (parts[0] == "client") {
    whose = Whose::kClient;
  } else if (parts[0] == "both") {
    whose = Whose::kBoth;
  } else if (parts[0] == "either") {
    whose = Whose::kEither;
  } else if (parts[0] != "server") {
    return failure("the side is one of server, client, both, either, not '" +
                   std::string(parts[0]) + "'");
  }
  auto number = parse_unsigned(parts[2], UINT32_MAX);
  if (!number) return tl::unexpected(number.error());
  if (parts[2].starts_with("0x")) return failure("stream_size takes decimal digits");
  using Kind = NumberMatch::Kind;
  Kind kind = Kind::kEqual;
  const std::string_view test = parts[1];
  if (test == "<") {
    kind = Kind::kLess;
  } else if (test == ">") {
    kind = Kind::kGreater;
  } else if (test == "<=") {
    kind = Kind::kLessOrEqual;
  } else if (test == ">=") {
    kind = Kind::kGreaterOrEqual;
  } else if (test == "!" || test == "!=") {
    kind = Kind::kNotEqual;
  } else if (test != "=") {
    return failure("the test is one of < > <= >= = !=, not '" + std::string(test) + "'");
  }
  class StreamSize final : public Keyword {
   public:
    StreamSize(Whose whose, const NumberMatch& match) : whose_(whose), test_(match) {}
    bool match(const MatchContext& context) const noexcept override {
      if (context.flow == nullptr || context.flow->tcp == nullptr) return false;
      const TcpSession& session = *context.flow->tcp;
      const bool client = test_.matches(session.bytes_seen(Direction::kToServer));
      const bool server = test_.matches(session.bytes_seen(Direction::kToClient));
      switch (whose_) {
        case Whose::kServer:
          return server;
        case Whose::kClient:
          return client;
        case Whose::kBoth:
          return client && server;
        case Whose::kEither:
          return client || server;
      }
      return false;
    }

   private:
    Whose whose_;
    NumberMatch test_;
  };
  draft_of(rule).looks_at_flow_only = false;
  draft_of(rule).wants_packet_too = true;
  rule.add_packet_match(std::make_unique<StreamSize>(whose, NumberMatch(kind, *number)));
  return {};
}

/// `tcp.session:setup,closing`: in which phases of its life the connection is with this packet. The
/// closing one is a part of the established one; a closed connection is no longer closing.
class TcpPhases final : public Keyword {
 public:
  bool match(const MatchContext& context) const noexcept override {
    const Packet* const packet = context.packet;
    if (packet == nullptr || context.flow == nullptr || !packet->is_tcp()) return false;
    if (packet->established ? established : setup) return true;
    if (!closing || context.flow->tcp == nullptr) return false;
    const TcpState state = context.flow->tcp->state;
    return state > TcpState::kEstablished && state < TcpState::kClosed;
  }
  bool setup = false, established = false, closing = false;
};

bool may_be_tcp(const RuleDraft& draft) {
  if (!draft.has_header_protocol) {
    const std::string_view name = draft.ast.protocol;
    return name.starts_with("tcp") || name.starts_with("ip") || name == "pkthdr";
  }
  return std::ranges::any_of(draft.catalog.environment.protocols, [&](const ProtocolSpec* spec) {
    return (draft.protos & proto_bit(spec->proto)) != 0 &&
           std::ranges::find(spec->ip_protos, 6) != std::end(spec->ip_protos);
  });
}

Result<void> compile_tcp_session(RuleBuilder& rule, std::string_view argument) {
  constexpr std::string_view kPhases =
      "of setup, established and closing, with commas between them";
  auto phases = std::make_unique<TcpPhases>();
  for (std::string_view rest = argument;;) {
    const std::size_t comma = rest.find(',');
    const std::string_view word = rest.substr(0, comma);
    bool* const phase = word == "setup"         ? &phases->setup
                        : word == "established" ? &phases->established
                        : word == "closing"     ? &phases->closing
                                                : nullptr;
    if (phase == nullptr) {
      return failure("tcp.session takes some " + std::string(kPhases) + ", not '" +
                     std::string(word) + "'");
    }
    if (*phase) return failure("tcp.session: " + std::string(word) + " is there twice");
    *phase = true;
    if (comma == rest.npos) break;
    rest.remove_prefix(comma + 1);
  }
  RuleDraft& draft = draft_of(rule);
  if (!may_be_tcp(draft)) return failure("tcp.session requires a TCP rule");
  draft.looks_at_flow_only = false;
  draft.needs_packet = true;
  rule.add_packet_match(std::move(phases));
  return {};
}

constexpr KeywordSpec kSpecs[] = {
    {.name = "tcp.session",
     .help = "phases of a TCP connection: setup, established, closing",
     .compile = compile_tcp_session},
    {.name = "flow.age",
     .help = "seconds from the flow's first packet to its last",
     .compile = compile_age},
    {.name = "flow.pkts",
     .help = "packets of a direction of the flow",
     .compile = compile_sided<&FlowSide::packets>},
    {.name = "flow.pkts_toserver",
     .help = "packets to the server",
     .compile = compile_one<&FlowSide::packets, Side::kToServer>},
    {.name = "flow.pkts_toclient",
     .help = "packets to the client",
     .compile = compile_one<&FlowSide::packets, Side::kToClient>},
    {.name = "flow.bytes",
     .help = "bytes of a direction of the flow",
     .compile = compile_sided<&FlowSide::bytes>},
    {.name = "flow.bytes_toserver",
     .help = "bytes to the server",
     .compile = compile_one<&FlowSide::bytes, Side::kToServer>},
    {.name = "flow.bytes_toclient",
     .help = "bytes to the client",
     .compile = compile_one<&FlowSide::bytes, Side::kToClient>},
    {.name = "stream_size",
     .help = "bytes of TCP data seen of an end",
     .compile = compile_stream_size},
};

}  // namespace

std::span<const KeywordSpec> flow_number_keywords() { return kSpecs; }

}  // namespace culvert::keywords
