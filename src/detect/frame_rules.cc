// Rules that are about frames (app/frame.h): each frame of which there are new bytes is scanned for
// fast patterns, and the rules that this finds are held against it. A frame that goes on comes in
// pieces, as the raw stream does.

#include <algorithm>

#include "detect/detector_impl.h"
#include "stream/tcp_tracker.h"

namespace culvert {

FrameBytes bytes_of(const FrameView& frames, const FrameWindow& window, const Packet* packet,
                    const Flow& flow, Direction direction) {
  FrameBytes found{{}, window.from};
  if (frames.tcp != nullptr) {
    const RawStreamView held = frames.tcp->held_from(flow, direction, window.from);
    if (held.offset >= window.to) return found;
    found.offset = held.offset;
    found.bytes = held.data;
  } else if (packet != nullptr && window.from <= packet->payload.size()) {
    found.bytes = packet->payload.subspan(static_cast<std::size_t>(window.from));
  }
  const std::uint64_t most = window.to - found.offset;
  if (found.bytes.size() > most) found.bytes = found.bytes.first(static_cast<std::size_t>(most));
  return found;
}

void Detector::Impl::inspect_frames() {
  if (input->frames.list == nullptr || input->flow == nullptr || input->app.spec == nullptr) return;
  const auto proto = static_cast<std::size_t>(input->app.spec->proto);
  const auto& wanted = program->frames_of[proto][index_of(input->direction)];
  if (wanted.empty() || !payload_may_be_inspected()) return;
  for (const Frame& each : input->frames.list->frames()) {
    const auto window = window_of(each, input->frames.reach);
    if (!window) continue;
    frame = &each;
    for (const std::uint16_t number : wanted) {
      const FrameBuffer& buffer = *program->frames[number];
      if (buffer.type != each.type) continue;
      candidates.clear();
      candidates.add(buffer.without_pattern);
      if (!buffer.prefilter.empty()) {
        scan(buffer.prefilter, frame_buffer(each, *window, buffer.transforms).bytes);
      }
      each_rule(WatchStage::kFrames, candidates.sorted(),
                [&](const CompiledRule& rule) { evaluate_frame_rule(rule, *window); });
    }
    frame = nullptr;
  }
}

InspectBuffer Detector::Impl::frame_buffer(
    const Frame& each, const FrameWindow& window,
    const std::vector<std::shared_ptr<const Transform>>& transforms) {
  const FrameBytes found =
      bytes_of(input->frames, window, input->packet, *input->flow, input->direction);
  InspectBuffer buffer{found.bytes, found.offset - each.begin, found.offset == each.begin,
                       window.is_last};
  for (const auto& transform : transforms) {
    frame_spare.clear();
    if (!transform->apply(buffer.bytes, frame_spare)) frame_spare.clear();
    std::swap(frame_scratch, frame_spare);
    buffer = {frame_scratch, 0, true, true};
  }
  return buffer;
}

bool Detector::Impl::frame_matches(const DraftBuffer& buffer, const FrameWindow& window) {
  if (buffer.frame_type == frame->type) {
    return chain_matches(buffer.chain, frame_buffer(*frame, window, buffer.transforms));
  }
  // About another frame: any of that type that is looked at with the same packet.
  return std::ranges::any_of(input->frames.list->frames(), [&](const Frame& other) {
    if (other.type != buffer.frame_type) return false;
    const auto other_window = window_of(other, input->frames.reach);
    return other_window &&
           chain_matches(buffer.chain, frame_buffer(other, *other_window, buffer.transforms));
  });
}

void Detector::Impl::evaluate_frame_rule(const CompiledRule& rule, const FrameWindow& window) {
  if (!protocol_matches(rule) || !header_matches(rule) || !flow_matches(rule)) return;
  counters.rules_inspected.add();
  state.inspect.replacements_used = 0;
  if (!packet_matches(rule)) return;
  for (const DraftBuffer* const buffer : rule.frame_buffers) {
    if (!frame_matches(*buffer, window)) return;
  }
  state.inspect.replacements_used = 0;  // frames are not written over
  matched(rule, nullptr, input->frames.tcp != nullptr);
}

Transaction* Detector::Impl::transaction_of(const Frame& each) const {
  if (each.transaction == Frame::kNoTransaction || input->app.parser == nullptr) return nullptr;
  for (Transaction* const transaction : input->app.parser->transactions()) {
    if (transaction->id == each.transaction) return transaction;
  }
  return nullptr;
}

}  // namespace culvert
