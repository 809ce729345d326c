#include "event/event_output.h"

#include <unistd.h>

#include <chrono>
#include <thread>

namespace culvert {
namespace {

constexpr auto kMaxWait = std::chrono::milliseconds(100);
constexpr auto kFullSleep = std::chrono::microseconds(100);

}  // namespace

EventChannel::EventChannel(std::size_t blocks) : full(blocks), empty(blocks) {
  // One more block is with the producer.
  for (std::size_t i = 0; i < blocks; ++i) empty.push(std::make_unique<EventBlock>());
}

EventOutput::EventOutput(EventChannel& channel, EventWake& wake)
    : channel_(channel), wake_(wake), block_(std::make_unique<EventBlock>()) {}

void EventOutput::write(SinkId sink, std::string_view record) { write(sink, {}, record); }

void EventOutput::write(SinkId sink, std::string_view prefix, std::string_view record) {
  EventBlock& block = *block_;
  block.text.append(prefix);
  block.text.append(record);
  block.text.push_back('\n');
  end_record(sink, prefix.size() + record.size() + 1);
}

void EventOutput::write_bytes(SinkId sink, std::string_view head, std::string_view body,
                              std::string_view tail) {
  EventBlock& block = *block_;
  block.text.append(head);
  block.text.append(body);
  block.text.append(tail);
  end_record(sink, head.size() + body.size() + tail.size());
}

void EventOutput::end_record(SinkId sink, std::size_t size) {
  EventBlock& block = *block_;
  if (block.runs.empty() || block.runs.back().sink != sink) block.runs.push_back({sink, 0, 0});
  ++block.runs.back().records;
  block.runs.back().end = block.text.size();
  counters_.records.add();
  counters_.bytes.add(size);
  if (block.text.size() >= EventBlock::kFullBytes || block.runs.size() >= EventBlock::kFullRuns) {
    hand_over();
  }
}

void EventOutput::on_turn(Timestamp now) {
  if (block_->runs.empty()) return;
  if (waiting_since_ == Timestamp{}) {
    waiting_since_ = now;
  } else if (now - waiting_since_ >= kMaxWait) {
    hand_over();
  }
}

void EventOutput::flush() {
  if (!block_->runs.empty()) hand_over();
}

void EventOutput::hand_over() {
  waiting_since_ = {};
  std::unique_ptr<EventBlock> next;
  while (!channel_.empty.pop(next)) {
    if (!wake_.wait_when_full || wake_.closed.load(std::memory_order_relaxed)) {
      counters_.lost.add(block_->records());
      block_->clear();
      return;
    }
    std::this_thread::sleep_for(kFullSleep);
  }
  channel_.full.push(std::move(block_));  // has room for all blocks there are
  block_ = std::move(next);
  const std::uint64_t one = 1;
  if (::write(wake_.fd, &one, sizeof(one)) < 0) {
    // The writer looks by itself, too; only later.
  }
}

}  // namespace culvert
