// Random rules against random payloads, held against a slow and obvious matcher: it knows no
// prefilter, no fast pattern and no order of trying, but tries every place for every content.
//
//   compare_detection(bytes) == ""      // else: the rule, the payload, and what each side says
//
// The bytes decide everything, so that a fuzzer can find its way: an alphabet of four letters and
// short payloads make nearly every rule match somewhere.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "builtin/keywords.h"
#include "builtin/protocols.h"
#include "detect/detector.h"
#include "detect/rule_set.h"
#include "packet/decoder.h"
#include "testing/packet_builder.h"

namespace culvert::twin {

/// Takes small numbers off the input; zeros when it is used up.
class Choices {
 public:
  explicit Choices(Bytes bytes) : rest_(bytes) {}
  /// 0 .. limit-1
  unsigned below(unsigned limit) {
    if (rest_.empty()) return 0;
    const auto value = std::to_integer<unsigned>(rest_.front());
    rest_ = rest_.subspan(1);
    return value % limit;
  }
  bool one_in(unsigned n) { return below(n) == n - 1; }
  char letter() { return "abAB"[below(4)]; }

 private:
  Bytes rest_;
};

struct Step {
  enum class Kind { kContent, kIsDataAt, kByteTest };
  Kind kind = Kind::kContent;
  bool negated = false, nocase = false, relative = false, starts = false, ends = false;
  std::string bytes;
  int offset = 0, depth = -1, distance = 0, within = -1;  ///< -1: not given
  bool fast_pattern = false;
  int at = 0;             ///< of isdataat, byte_test
  char than = 'a';        ///< byte_test: the byte there is greater

  std::string text() const {
    const std::string_view no = negated ? "!" : "";
    std::string out;
    if (kind == Kind::kIsDataAt) {
      return "isdataat:" + std::string(no) + std::to_string(at) + (relative ? ",relative; " : "; ");
    }
    if (kind == Kind::kByteTest) {
      return "byte_test:1," + std::string(no) + ">," + std::to_string(static_cast<int>(than)) + "," +
             std::to_string(at) + (relative ? ",relative; " : "; ");
    }
    out = "content:" + std::string(no) + "\"" + bytes + "\"; ";
    if (nocase) out += "nocase; ";
    if (starts) out += "startswith; ";
    if (ends) out += "endswith; ";
    if (relative) {
      out += "distance:" + std::to_string(distance) + "; ";
      if (within >= 0) out += "within:" + std::to_string(within) + "; ";
    } else {
      if (offset != 0) out += "offset:" + std::to_string(offset) + "; ";
      if (depth >= 0 && !starts) out += "depth:" + std::to_string(depth) + "; ";
    }
    if (fast_pattern) out += "fast_pattern; ";
    return out;
  }
};

using Chain = std::vector<Step>;

inline Step make_step(Choices& choices, bool first) {
  Step step;
  const unsigned kind = first ? 0 : choices.below(6);
  step.relative = !first && choices.below(2) == 1;
  step.negated = choices.one_in(4);
  if (kind == 4) {
    step.kind = Step::Kind::kIsDataAt;
    step.at = static_cast<int>(choices.below(8));
    return step;
  }
  if (kind == 5) {
    step.kind = Step::Kind::kByteTest;
    step.at = static_cast<int>(choices.below(6));
    step.than = choices.letter();
    return step;
  }
  const unsigned size = 1 + choices.below(3);
  for (unsigned i = 0; i < size; ++i) step.bytes += choices.letter();
  step.nocase = choices.one_in(3);
  const auto length = static_cast<int>(size);
  if (step.relative) {
    step.distance = static_cast<int>(choices.below(4));
    if (choices.below(2) == 1) step.within = length + static_cast<int>(choices.below(6));
  } else {
    switch (choices.below(4)) {
      case 0:
        step.starts = !step.negated;
        break;
      case 1:
        step.offset = static_cast<int>(choices.below(6));
        if (choices.below(2) == 1) step.depth = length + static_cast<int>(choices.below(6));
        break;
      case 2:
        step.depth = length + static_cast<int>(choices.below(6));
        break;
      default:
        break;
    }
  }
  // A negated content with endswith is about its first occurrence only, as in the reference.
  step.ends = !step.negated && !step.starts && choices.one_in(8);
  return step;
}

inline Chain make_chain(Choices& choices) {
  Chain chain;
  const unsigned steps = 1 + choices.below(4);
  for (unsigned i = 0; i < steps; ++i) {
    chain.push_back(make_step(choices, i == 0));
    // As in the reference, this means endswith; of a negated content that is about its first
    // occurrence only.
    Step& step = chain.back();
    const bool means_endswith = step.kind == Step::Kind::kIsDataAt && step.negated &&
                                step.relative && step.at == 1 && i > 0 && chain[i - 1].negated;
    if (means_endswith) step.at = 2;
  }
  Step& wish = chain[choices.below(static_cast<unsigned>(chain.size()))];
  wish.fast_pattern = wish.kind == Step::Kind::kContent && !wish.negated && choices.below(2) == 1;
  return chain;
}

inline std::string text_of(const Chain& chain) {
  std::string text;
  for (const Step& step : chain) text += step.text();
  return text;
}

inline bool equal_at(std::string_view payload, std::size_t at, const Step& step) {
  for (std::size_t i = 0; i < step.bytes.size(); ++i) {
    char a = payload[at + i], b = step.bytes[i];
    if (step.nocase) {
      a = static_cast<char>(a | 0x20);
      b = static_cast<char>(b | 0x20);
    }
    if (a != b) return false;
  }
  return true;
}

/// Every place at which a content is, as the rule's words say.
inline std::vector<std::size_t> places_of(const Step& step, std::string_view payload,
                                          std::size_t position) {
  const auto size = static_cast<std::ptrdiff_t>(payload.size());
  const auto length = static_cast<std::ptrdiff_t>(step.bytes.size());
  std::ptrdiff_t begin = step.offset, end = size;
  if (step.relative) {
    begin = static_cast<std::ptrdiff_t>(position) + step.distance;
    if (step.within >= 0) end = std::min<std::ptrdiff_t>(size, begin + step.within);
  } else if (step.starts) {
    end = std::min(size, length);
  } else if (step.depth >= 0) {
    end = std::min<std::ptrdiff_t>(size, begin + step.depth);
  }
  std::vector<std::size_t> places;
  for (std::ptrdiff_t at = begin; at + length <= end; ++at) {
    const auto place = static_cast<std::size_t>(at);
    if (!equal_at(payload, place, step)) continue;
    if (step.ends && at + length != size) continue;
    places.push_back(place);
  }
  return places;
}

inline bool chain_holds(const Chain& chain, std::size_t step_at, std::string_view payload,
                        std::size_t position) {
  if (step_at == chain.size()) return true;
  const Step& step = chain[step_at];
  const auto on = [&](bool holds) {
    return holds != step.negated && chain_holds(chain, step_at + 1, payload, position);
  };
  const std::size_t base = step.relative ? position : 0;
  const std::size_t at = base + static_cast<std::size_t>(step.at);
  switch (step.kind) {
    case Step::Kind::kIsDataAt:
      // Relative: that many bytes are left; else there is a byte at that offset.
      return on(step.relative ? at <= payload.size() : at < payload.size());
    case Step::Kind::kByteTest:
      // Where there is no byte to test it does not hold, negated or not.
      return at < payload.size() &&
             on(static_cast<unsigned char>(payload[at]) > static_cast<unsigned char>(step.than));
    case Step::Kind::kContent:
      break;
  }
  const auto places = places_of(step, payload, position);
  if (step.negated) return places.empty() && chain_holds(chain, step_at + 1, payload, position);
  return std::ranges::any_of(places, [&](std::size_t place) {
    return chain_holds(chain, step_at + 1, payload, place + step.bytes.size());
  });
}

/// Empty: both agree.
inline std::string compare_detection(Bytes input) {
  constexpr unsigned kRules = 8;  // fewer than alerts of a packet are kept
  Choices choices(input);
  std::vector<Chain> chains;
  std::string text;
  for (unsigned i = 1; i <= kRules; ++i) {
    chains.push_back(make_chain(choices));
    text += "alert udp any any -> any any (" + text_of(chains.back()) + "sid:" + std::to_string(i) +
            ";)\n";
  }
  static const ConfigNode kNoConfig;
  RuleEnvironment environment;
  environment.protocols = builtin_protocols();
  environment.keywords = builtin_keywords();
  environment.config = &kNoConfig;
  RuleSources sources;
  sources.files.push_back({"twin.rules", text, false});
  Complaints complaints;
  const auto rules = compile_rules(environment, sources, complaints);
  if (!complaints.ok()) return complaints.errors.front().text() + "\n" + text;

  static Detector detector{DetectOptions{}};  // what it sets up once takes longer than a comparison
  detector.use(rules);
  DecodeCounters counters;
  Decoder decoder(DecodeOptions{}, counters);
  for (unsigned round = 0; round < 16; ++round) {
    std::string payload(1 + choices.below(16), 'a');
    for (char& each : payload) each = choices.letter();
    const auto bytes = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53)
                           .payload(payload).build();
    PacketStack stack;
    Packet packet;
    packet.data = bytes;
    packet.wire_length = static_cast<std::uint32_t>(bytes.size());
    decoder.decode(packet, stack);
    DetectInput in;
    in.packet = &packet;
    detector.inspect(in);
    for (unsigned i = 1; i <= kRules; ++i) {
      const bool found = std::ranges::any_of(
          detector.alerts(), [&](const Alert& alert) { return alert.rule->sid == i; });
      const bool expected = chain_holds(chains[i - 1], 0, payload, 0);
      if (found == expected) continue;
      return text_of(chains[i - 1]) + " on \"" + payload + "\": " +
             (expected ? "is missed" : "should not match");
    }
  }
  return {};
}

}  // namespace culvert::twin
