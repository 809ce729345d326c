// hostbits, xbits: marks on hosts, pairs of hosts and transactions. Those of hosts and pairs are seen by
// all workers and expire; a tenant's are its own.
//
//     hostbits:set,name[,src|dst]      isset, isnotset, unset, toggle; noalert
//     xbits:set,name,track ip_src[,expire 60]     ip_src, ip_dst, ip_pair, tx
//
// What xbits mark by address is what hostbits see, and the other way round.
#include <algorithm>

#include "detect/detect_state.h"
#include "detect/detector.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

enum class BitTrack : std::uint8_t { kSource, kDestination, kPair, kTransaction };
enum class BitCommand : std::uint8_t { kSet, kUnset, kToggle, kIsSet, kIsNotSet };

/// One bit of one host or pair. The upper half keeps pairs apart from hosts.
struct SharedBitRef {
  BitTrack track = BitTrack::kSource;
  std::uint16_t id = 0;

  SharedKey key(const MatchContext& context) const {
    IpAddress source, destination;
    SharedKey key;
    if (context.packet != nullptr) {
      source = context.packet->source;
      destination = context.packet->destination;
      key.tenant = context.packet->tenant;
    } else if (context.flow != nullptr) {
      source = context.flow->client();
      destination = context.flow->server();
      if (context.direction == Direction::kToClient) std::swap(source, destination);
      key.tenant = context.flow->key.tenant;
    }
    if (track == BitTrack::kPair) {
      key.set_pair(source, destination);
      key.place = 1;
    } else {
      key.a = track == BitTrack::kSource ? source : destination;
    }
    key.id = id;
    return key;
  }
};

struct SharedBitTest final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    if (context.state == nullptr) return false;
    bool set = false;
    context.state->shared.bits.find(bit.key(context), [&](const SharedBit& kept) {
      set = context.time <= kept.expires;
      return set;
    });
    return set != negated;
  }
  SharedBitRef bit;
  bool negated = false;
};

struct SharedBitChange final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    if (context.state == nullptr) return true;
    SharedTable<SharedBit>& bits = context.state->shared.bits;
    const SharedKey key = bit.key(context);
    bool clear = command == BitCommand::kUnset;
    if (command == BitCommand::kToggle) {
      bits.find(key, [&](const SharedBit& kept) {
        clear = context.time <= kept.expires;
        return true;
      });
    }
    if (clear) {
      bits.find(key, [](const SharedBit&) { return false; });
    } else {
      bits.with(key, context.time, [&](SharedBit& kept, bool) {
        kept.expires = context.time + std::chrono::seconds(seconds);
      });
    }
    return true;
  }
  SharedBitRef bit;
  BitCommand command = BitCommand::kSet;
  std::uint32_t seconds = 0;
};

struct TransactionBitTest final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    if (context.transaction == nullptr) return false;
    const TransactionDetectState* const state = context.transaction->detect;
    const bool set = state != nullptr && std::ranges::find(state->bits, id) != state->bits.end();
    return set != negated;
  }
  std::uint16_t id = 0;
  bool negated = false;
};

struct TransactionBitChange final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    if (context.transaction == nullptr || context.state == nullptr) return true;
    auto& bits = context.state->of(*context.transaction).bits;
    const auto found = std::ranges::find(bits, id);
    const bool is_set = found != bits.end();
    if (is_set && command != BitCommand::kSet) {
      bits.erase(found);
    } else if (!is_set && command != BitCommand::kUnset) {
      bits.push_back(id);
    }
    return true;
  }
  std::uint16_t id = 0;
  BitCommand command = BitCommand::kSet;
};

std::optional<BitCommand> find_command(std::string_view word) {
  constexpr std::pair<std::string_view, BitCommand> kCommands[] = {
      {"set", BitCommand::kSet},
      {"unset", BitCommand::kUnset},
      {"toggle", BitCommand::kToggle},
      {"isset", BitCommand::kIsSet},
      {"isnotset", BitCommand::kIsNotSet}};
  for (const auto& [name, command] : kCommands) {
    if (name == word) return command;
  }
  return std::nullopt;
}

bool is_test(BitCommand command) {
  return command == BitCommand::kIsSet || command == BitCommand::kIsNotSet;
}

void add_shared(RuleDraft& draft, BitCommand command, SharedBitRef bit, std::uint32_t seconds,
                bool hostbits) {
  const bool pair = bit.track == BitTrack::kPair;
  if (is_test(command)) {
    // In the order of rules, xbits of hosts count as none.
    if (pair) draft.reads_pairbits = true;
    if (hostbits) draft.reads_hostbits = true;
    ++draft.ip_only_matches;
    auto test = std::make_unique<SharedBitTest>();
    test->bit = bit;
    test->negated = command == BitCommand::kIsNotSet;
    draft.add_packet_match(std::move(test));
    return;
  }
  if (hostbits) draft.writes_hostbits = true;
  auto change = std::make_unique<SharedBitChange>();
  change->bit = bit;
  change->command = command;
  change->seconds = seconds;
  ++draft.ip_only_posts;
  draft.add_post_match(std::move(change));
}

void add_of_transaction(RuleDraft& draft, BitCommand command, std::uint16_t id) {
  if (is_test(command)) {
    auto test = std::make_unique<TransactionBitTest>();
    test->id = id;
    test->negated = command == BitCommand::kIsNotSet;
    draft.add_packet_match(std::move(test));
    return;
  }
  auto change = std::make_unique<TransactionBitChange>();
  change->id = id;
  change->command = command;
  draft.add_post_match(std::move(change));
}

Result<void> check_name(std::string_view name) {
  if (name.empty() || name.find_first_of(" \t") != name.npos) {
    return failure("\"" + std::string(name) + "\" is no name of a bit");
  }
  return {};
}

Result<void> compile_hostbits(RuleBuilder& rule, std::string_view argument) {
  constexpr std::uint32_t kSeconds = 300;
  RuleDraft& draft = draft_of(rule);
  std::string_view text = trim(argument);
  const auto parts = split_list(text);
  if (parts.size() == 1 && parts[0] == "noalert") {
    draft.is_noalert = true;
    return {};
  }
  const auto command = find_command(parts[0]);
  if (!command) {
    return failure("hostbits: the command is set, unset, toggle, isset, isnotset or noalert");
  }
  if (parts.size() < 2 || parts.size() > 3) return failure("hostbits takes a command and a name");
  if (auto done = check_name(parts[1]); !done) return done;
  SharedBitRef bit;
  if (parts.size() == 3) {
    if (parts[2] == "both") return failure("hostbits: 'both' not implemented");
    if (parts[2] != "src" && parts[2] != "dst") return failure("hostbits: the host is src or dst");
    if (parts[2] == "dst") bit.track = BitTrack::kDestination;
  }
  bit.id = draft.catalog.names.id(VariableKind::kHostbit, parts[1]);
  add_shared(draft, *command, bit, kSeconds, true);
  return {};
}

Result<void> compile_xbits(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  std::string_view text = trim(argument);
  const auto parts = split_list(text);
  if (parts.size() == 1 && parts[0] == "noalert") {
    draft.is_noalert = true;
    return {};
  }
  const auto command = find_command(parts[0]);
  if (!command) {
    return failure("xbits: the command is set, unset, toggle, isset, isnotset or noalert");
  }
  if (parts.size() < 3 || parts.size() > 4) {
    return failure("xbits takes a command, a name and what it is kept by: set,name,track ip_src");
  }
  if (auto done = check_name(parts[1]); !done) return done;
  constexpr std::pair<std::string_view, BitTrack> kTracks[] = {{"ip_src", BitTrack::kSource},
                                                               {"ip_dst", BitTrack::kDestination},
                                                               {"ip_pair", BitTrack::kPair},
                                                               {"tx", BitTrack::kTransaction}};
  const auto track = split_words(parts[2]);
  std::optional<BitTrack> by;
  for (const auto& [name, value] : kTracks) {
    if (track.size() == 2 && track[0] == "track" && track[1] == name) by = value;
  }
  if (!by) return failure("xbits: track is ip_src, ip_dst, ip_pair or tx");
  std::uint32_t seconds = 30;
  if (parts.size() == 4) {
    const auto expire = split_words(parts[3]);
    if (expire.size() != 2 || expire[0] != "expire") return failure("xbits: 'expire' and seconds");
    if (*by == BitTrack::kTransaction) return failure("xbits: expire is not for track tx");
    const auto number = parse_unsigned(expire[1], 0x7fffffffu);
    if (!number || *number == 0) return failure("xbits: expire takes seconds, at least 1");
    seconds = static_cast<std::uint32_t>(*number);
  }
  VariableNames& names = draft.catalog.names;
  if (*by == BitTrack::kTransaction) {
    add_of_transaction(draft, *command, names.id(VariableKind::kTxbit, parts[1]));
    return {};
  }
  SharedBitRef bit{*by, 0};
  bit.id = names.id(*by == BitTrack::kPair ? VariableKind::kPairbit : VariableKind::kHostbit, parts[1]);
  add_shared(draft, *command, bit, seconds, false);
  return {};
}

}  // namespace

const KeywordSpec keywords::kHostbits{"hostbits", "sets, clears and tests marks on a host",
                                      KeywordArgument::kRequired, compile_hostbits};
const KeywordSpec keywords::kXbits{"xbits", "the same on a host, a pair of hosts or a transaction",
                                   KeywordArgument::kRequired, compile_xbits};

}  // namespace culvert
