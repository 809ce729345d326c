// A worker's way out for records: they are collected in a block, and whole blocks go to the writer
// thread over a ring and come back empty over another. Nothing is allocated, locked or written
// here; a block that fills wakes the writer with one system call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/spsc_ring.h"
#include "event/text_buffer.h"
#include "metrics/counter.h"

namespace culvert {

/// Number of a sink: its place in the list that EventWriter was made with.
using SinkId = std::uint16_t;

/// Records on their way, as runs of the same sink.
struct EventBlock {
  static constexpr std::size_t kFullBytes = 64 * 1024;  ///< handed over from here on
  static constexpr std::size_t kFullRuns = 1024;
  static constexpr std::size_t kSpareBytes = 16 * 1024;  ///< for the record that crosses the line

  struct Run {
    SinkId sink;
    std::uint32_t records;
    std::size_t end;  ///< in `text`; it begins where the one before ends
  };

  EventBlock() : text(kFullBytes + kSpareBytes) { runs.reserve(kFullRuns); }
  void clear() {
    text.clear();
    runs.clear();
  }
  std::uint64_t records() const {
    std::uint64_t sum = 0;
    for (const Run& run : runs) sum += run.records;
    return sum;
  }

  TextBuffer text;  ///< each record ends in a newline
  std::vector<Run> runs;
};

struct EventCounters {
  Counter records, bytes, lost;
};
constexpr CounterSpec<EventCounters> kEventCounters[] = {
    {"events.records", "records made, for each output that wants them", &EventCounters::records},
    {"events.bytes", "bytes of these records", &EventCounters::bytes},
    {"events.lost", "records given up as the writer did not keep up", &EventCounters::lost},
};

/// Both rings between one producer and the writer.
struct EventChannel {
  EventChannel(std::size_t blocks);
  SpscRing<std::unique_ptr<EventBlock>> full;   ///< to the writer
  SpscRing<std::unique_ptr<EventBlock>> empty;  ///< back
};

/// What the writer shares with its producers.
struct EventWake {
  int fd = -1;                  ///< an eventfd that the writer sleeps on
  bool wait_when_full = false;  ///< offline: the producer waits; live: records are lost, counted
  std::atomic<bool> closed{false};  ///< nobody empties the rings any more
};

/// For one thread at a time. Made by EventWriter::add_output, which owns it.
class EventOutput {
 public:
  EventOutput(EventChannel& channel, EventWake& wake);
  EventOutput(const EventOutput&) = delete;
  EventOutput& operator=(const EventOutput&) = delete;

  /// One record, without its newline (a stats table may have some inside). Copied.
  void write(SinkId sink, std::string_view record);
  /// The same with a text before it.
  void write(SinkId sink, std::string_view prefix, std::string_view record);
  /// Bytes that are no line: for sinks that know where a record ends. In up to three pieces.
  void write_bytes(SinkId sink, std::string_view head, std::string_view body,
                   std::string_view tail = {});
  /// Hands over what has waited for a tenth of a second or more. Cheap: for every turn.
  void on_turn(Timestamp now);
  /// Hands over everything.
  void flush();

  const EventCounters& counters() const { return counters_; }

 private:
  void hand_over();
  void end_record(SinkId sink, std::size_t size);

  EventChannel& channel_;
  EventWake& wake_;
  std::unique_ptr<EventBlock> block_;
  Timestamp waiting_since_{};  ///< of the block's first turn; epoch: not yet seen
  EventCounters counters_;
};

}  // namespace culvert
