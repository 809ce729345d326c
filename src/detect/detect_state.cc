#include "detect/detect_state.h"

namespace culvert {
namespace {

constexpr std::size_t kMaxCaptures = 64;
constexpr std::size_t kMaxCaptureBytes = 4096;

}  // namespace

FlowDetectState& DetectState::of(Flow& flow) {
  if (flow.detect != nullptr) return *flow.detect;
  if (free_.empty()) {
    all_.push_back(std::make_unique<FlowDetectState>());
    free_.push_back(all_.back().get());
    if (free_.capacity() < all_.capacity()) free_.reserve(all_.capacity());
  }
  flow.detect = free_.back();
  free_.pop_back();
  return *flow.detect;
}

void DetectState::release(Flow& flow) {
  if (flow.detect == nullptr) return;
  flow.detect->clear();
  free_.push_back(flow.detect);
  flow.detect = nullptr;
}

TransactionDetectState& DetectState::of(Transaction& transaction) {
  if (transaction.detect != nullptr) return *transaction.detect;
  if (free_transactions_.empty()) {
    all_transactions_.push_back(std::make_unique<TransactionDetectState>());
    free_transactions_.reserve(all_transactions_.capacity());
    free_transactions_.push_back(all_transactions_.back().get());
  }
  transaction.detect = free_transactions_.back();
  free_transactions_.pop_back();
  return *transaction.detect;
}

void DetectState::release(Transaction& transaction) {
  if (transaction.detect == nullptr) return;
  transaction.detect->clear();
  free_transactions_.push_back(transaction.detect);
  transaction.detect = nullptr;
}

void DetectState::note_capture(bool packet_variable, std::uint16_t variable, Bytes value) {
  if (captures_.size() >= kMaxCaptures) return;
  captures_.push_back({packet_variable, variable, value.first(std::min(value.size(), kMaxCaptureBytes))});
}

void DetectState::keep_captures(Flow* flow) {
  for (const Capture& capture : captures_) {
    if (capture.packet_variable) {
      if (packet_bytes_used_ == packet_bytes_.size()) {
        packet_bytes_.push_back(std::make_unique<std::vector<std::byte>>());
      }
      std::vector<std::byte>& copy = *packet_bytes_[packet_bytes_used_++];
      copy.assign(capture.bytes.begin(), capture.bytes.end());
      packet_values_.push_back({capture.variable, copy});
    } else if (flow != nullptr) {
      FlowDetectState& state = of(*flow);
      std::size_t at = 0;
      while (at < state.used_values && state.values[at].first != capture.variable) ++at;
      if (at == state.used_values) {
        if (at == state.values.size()) state.values.emplace_back();
        state.values[at].first = capture.variable;
        ++state.used_values;
      }
      state.values[at].second.assign(capture.bytes.begin(), capture.bytes.end());
    }
  }
  captures_.clear();
}

}  // namespace culvert
