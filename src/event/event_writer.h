// The writer thread: the only one that touches event files and sockets. It takes the blocks of all
// producers off their rings, appends the runs to their sinks, and gives the blocks back.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "base/result.h"
#include "event/event_output.h"
#include "event/sink.h"
#include "event/sink_options.h"

namespace culvert {

struct EventWriterOptions {
  /// Offline: producers wait for the writer. Live: what does not fit is lost and counted.
  bool wait_when_full = false;
  std::size_t blocks = 16;  ///< of 64 KiB, for each producer
};

struct EventWriterCounters {
  Counter records, bytes, lost, rotations;
};
constexpr CounterSpec<EventWriterCounters> kEventWriterCounters[] = {
    {"event_writer.records", "records written to files and sockets", &EventWriterCounters::records},
    {"event_writer.bytes", "bytes of these records", &EventWriterCounters::bytes},
    {"event_writer.lost", "records that a file or socket did not take", &EventWriterCounters::lost},
    {"event_writer.rotations", "files followed by a new one", &EventWriterCounters::rotations},
};

class EventWriter {
 public:
  /// Opens all sinks; those that cannot be opened are errors, and lose their records.
  EventWriter(std::span<const SinkOptions> sinks, const EventWriterOptions& options,
              Complaints& complaints);
  ~EventWriter();  ///< stop()
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  /// A way in for one thread more. REQUIRES: before start(). Lives as long as the writer.
  EventOutput& add_output();
  void start();
  /// Opens files anew under their names (SIGHUP). Any thread.
  void request_reopen();
  /// Writes all that the producers handed over or still hold, closes the sinks. REQUIRES: producers
  /// do not write any more.
  void stop();

  const EventWriterCounters& counters() const { return counters_; }

 private:
  struct Producer {
    explicit Producer(std::size_t blocks, EventWake& wake)
        : channel(blocks), output(channel, wake) {}
    EventChannel channel;
    EventOutput output;
    std::vector<Sink*> own;  ///< by SinkId: its file of a threaded sink; null: not made yet
  };

  void run();
  /// Whether there was something.
  bool drain();
  void write_block(Producer& producer, const EventBlock& block);
  /// Null: it could not be opened.
  Sink* sink_of(Producer& producer, SinkId id);
  void wait();
  void tidy();

  const EventWriterOptions options_;
  SystemClock clock_;
  Fd wake_fd_;
  EventWake wake_;
  /// By SinkId.
  struct Target {
    Sink* sink = nullptr;       ///< null: could not be opened, or is threaded
    SinkOptions threaded = {};  ///< one for each producer, made with its first record
    unsigned made = 0;          ///< how many of those there are
  };
  std::vector<Target> targets_;
  std::vector<std::unique_ptr<Sink>> sinks_;  ///< all that are open
  std::vector<std::unique_ptr<Producer>> producers_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> reopen_{false};
  std::uint64_t lost_without_sink_ = 0;
  EventWriterCounters counters_;
};

}  // namespace culvert
