// Someone who looks on while rules are evaluated: `culvert explain`, `culvert rules profile`. With
// nobody looking on it costs a branch a packet and one a list of candidates, none a rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "detect/detector.h"
#include "detect/threshold.h"

namespace culvert {

struct CompiledRule;
struct Prefilter;

/// The lists of rules that a packet is held against, in the order of a packet's life.
enum class WatchStage : std::uint8_t {
  kDecoderEvents,
  kFirstPacket,   ///< IP-only rules
  kProtocol,      ///< `app-layer-protocol` alone, once the protocol is known
  kPackets,       ///< packets and streams; transaction rules that a payload pattern found pass by
  kFrames,        ///< `frame:`, for each frame; `frame` of the detector says which
  kTransactions,  ///< `context.transaction` of the detector says which
};

/// Why a packet was not held against rules at all.
enum class NotInspected : std::uint8_t { kFlowPassed, kFlowDropped, kFlowBypassed, kPacket };

/// Called by the worker's thread. Each call has a body that does nothing.
class DetectWatch {
 public:
  virtual ~DetectWatch() = default;
  virtual void on_not_inspected(const Packet& /*packet*/, const Flow* /*flow*/, NotInspected) {}
  /// A packet, or the end of a flow's direction, is about to be inspected; and has been.
  virtual void begin_inspect(Detector::Impl&) {}
  virtual void end_inspect(Detector::Impl&) {}
  /// One buffer was searched for fast patterns.
  virtual void on_scan(Detector::Impl&, const Prefilter&, Bytes /*bytes*/, std::uint64_t /*ticks*/) {}
  /// Rules are about to be evaluated, in this order: `begin_rules`, then for each `before_rule` and
  /// `after_rule`, then `end_rules`.
  virtual void begin_rules(Detector::Impl&, WatchStage, std::span<const std::uint32_t> /*rules*/) {}
  virtual void before_rule(Detector::Impl&, const CompiledRule&) {}
  virtual void after_rule(Detector::Impl&, const CompiledRule&, std::uint64_t /*ticks*/) {}
  virtual void end_rules(Detector::Impl&, WatchStage) {}
  virtual void on_match(Detector::Impl&, const CompiledRule&, bool /*stream*/) {}
  /// After all rules, in the order of evaluation: what became of a match. `ends`: the rules after it
  /// had no say any more (pass).
  virtual void on_outcome(Detector::Impl&, const CompiledRule&, const Alert&, ThresholdOutcome,
                          bool /*ends*/) {}
};

}  // namespace culvert
