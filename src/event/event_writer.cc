#include "event/event_writer.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <filesystem>

#include "base/log.h"

namespace culvert {
namespace {

constexpr int kMaxSleepMilliseconds = 500;       // for rotation by time
constexpr std::size_t kMaxKeptBytes = 1u << 20;  // of a block that a huge record made grow

}  // namespace

EventWriter::EventWriter(std::span<const SinkOptions> sinks, const EventWriterOptions& options,
                         Complaints& complaints)
    : options_(options), wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  wake_.fd = wake_fd_.get();
  wake_.wait_when_full = options.wait_when_full;
  for (const SinkOptions& each : sinks) {
    Target& target = targets_.emplace_back();
    if (each.threaded) {
      target.threaded = each;
      continue;
    }
    Result<std::unique_ptr<Sink>> sink = make_sink(each, clock_.now());
    if (!sink) {
      complaints.errors.push_back(sink.error());
      continue;
    }
    target.sink = sink->get();
    sinks_.push_back(std::move(*sink));
  }
}

EventWriter::~EventWriter() { stop(); }

EventOutput& EventWriter::add_output() {
  producers_.push_back(std::make_unique<Producer>(options_.blocks, wake_));
  return producers_.back()->output;
}

void EventWriter::start() {
  thread_ = std::thread([this] { run(); });
}

void EventWriter::request_reopen() {
  reopen_.store(true);
  const std::uint64_t one = 1;
  if (::write(wake_fd_.get(), &one, sizeof(one)) < 0) return;  // then after the next sleep
}

void EventWriter::stop() {
  if (wake_.closed.load()) return;
  if (thread_.joinable()) {
    for (const auto& producer : producers_) producer->output.flush();
    stopping_.store(true);
    const std::uint64_t one = 1;
    if (::write(wake_fd_.get(), &one, sizeof(one)) < 0) {
      // It wakes up by itself, only later.
    }
    thread_.join();
  }
  wake_.closed.store(true);
  targets_.clear();
  for (const auto& producer : producers_) producer->own.clear();
  sinks_.clear();
}

void EventWriter::run() {
  for (;;) {
    // Asked before draining: what was handed over before stop() is then seen.
    const bool last_round = stopping_.load();
    const bool busy = drain();
    if (!busy) {
      for (const auto& sink : sinks_) sink->flush();
    }
    tidy();
    if (busy) continue;
    if (last_round) return;
    wait();
  }
}

bool EventWriter::drain() {
  bool found = false;
  const Timestamp now = clock_.now();
  for (const auto& sink : sinks_) sink->on_time(now);
  for (const auto& producer : producers_) {
    std::unique_ptr<EventBlock> block;
    if (!producer->channel.full.pop(block)) continue;
    found = true;
    write_block(*producer, *block);
    if (block->text.capacity() > kMaxKeptBytes) block = std::make_unique<EventBlock>();
    block->clear();
    producer->channel.empty.push(std::move(block));  // has room for all blocks there are
  }
  return found;
}

Sink* EventWriter::sink_of(Producer& producer, SinkId id) {
  if (id >= targets_.size()) return nullptr;
  Target& target = targets_[id];
  if (!target.threaded.threaded) return target.sink;
  producer.own.resize(targets_.size());
  if (producer.own[id] != nullptr) return producer.own[id];
  SinkOptions options = target.threaded;
  const std::filesystem::path path(options.path);
  options.path = (path.parent_path() / path.stem()).string() + "." + std::to_string(++target.made) +
                 path.extension().string();
  Result<std::unique_ptr<Sink>> sink = make_sink(options, clock_.now());
  if (!sink) {
    log_error(sink.error().text());
    target.threaded.threaded = false;  // not tried again: what comes is lost, and counted
    return nullptr;
  }
  producer.own[id] = sink->get();
  sinks_.push_back(std::move(*sink));
  return producer.own[id];
}

void EventWriter::write_block(Producer& producer, const EventBlock& block) {
  std::size_t begin = 0;
  for (const EventBlock::Run& run : block.runs) {
    const std::string_view records = block.text.text().substr(begin, run.end - begin);
    begin = run.end;
    if (Sink* const sink = sink_of(producer, run.sink)) {
      sink->append(records, run.records);
    } else {
      lost_without_sink_ += run.records;
    }
  }
}

void EventWriter::tidy() {
  if (reopen_.exchange(false)) {
    for (const auto& sink : sinks_) sink->reopen();
  }
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::uint64_t lost = lost_without_sink_;
  std::uint64_t rotations = 0;
  for (const auto& sink : sinks_) {
    records += sink->written_records();
    bytes += sink->written_bytes();
    lost += sink->lost_records();
    rotations += sink->rotations();
  }
  counters_.records.set(records);
  counters_.bytes.set(bytes);
  counters_.lost.set(lost);
  counters_.rotations.set(rotations);
}

void EventWriter::wait() {
  pollfd wait = {wake_fd_.get(), POLLIN, 0};
  if (::poll(&wait, 1, kMaxSleepMilliseconds) <= 0) return;
  std::uint64_t count = 0;
  if (::read(wake_fd_.get(), &count, sizeof(count)) < 0) return;  // it was for nothing
}

}  // namespace culvert
