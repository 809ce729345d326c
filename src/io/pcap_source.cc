#include "io/pcap_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/log.h"
#include "io/bpf_filter.h"

namespace culvert {
namespace {

namespace fs = std::filesystem;

/// So little that packets are still in the core's second-level cache when they are looked at: the
/// copy out of the page cache is then all that reading costs (mapping the file costs more: 36 ms
/// against 24 ms for 374 MB, as each page needs its fault). Grows when a packet is larger.
constexpr std::size_t kBufferBytes = 256u << 10;

constexpr CounterSpec<PcapCounters> kPcapCounters[] = {
    {"pcap.files", "Capture files opened", &PcapCounters::files},
    {"pcap.packets", "Packets read from capture files", &PcapCounters::packets},
    {"pcap.bytes", "Bytes of these packets", &PcapCounters::bytes},
    {"pcap.filtered", "Packets left out by the capture filter", &PcapCounters::filtered},
    {"pcap.unknown_link", "Packets of a link type that cannot be decoded",
     &PcapCounters::unknown_link},
    {"pcap.errors", "Capture files that were cut short or corrupt", &PcapCounters::errors},
};

/// The files of a folder, oldest first and then by name: the order in which they were captured.
template <class Iterator>
std::vector<std::string> list_files(const fs::path& folder) {
  std::vector<std::pair<fs::file_time_type, std::string>> found;
  std::error_code ignored;
  for (Iterator entry(folder, fs::directory_options::skip_permission_denied, ignored), end;
       entry != end; entry.increment(ignored)) {
    if (!entry->is_regular_file(ignored)) continue;
    found.emplace_back(entry->last_write_time(ignored), entry->path().string());
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> files;
  for (auto& file : found) files.push_back(std::move(file.second));
  return files;
}

}  // namespace

PcapSource::PcapSource(const PcapOptions& options) : options_(options), buffer_(kBufferBytes) {}
PcapSource::~PcapSource() = default;

Result<std::unique_ptr<PcapSource>> PcapSource::open(const PcapOptions& options) {
  std::unique_ptr<PcapSource> source(new PcapSource(options));
  if (!options.filter.empty()) {
    auto filter = BpfFilter::compile(options.filter);
    if (!filter) return tl::unexpected(filter.error());
    source->filter_ = std::move(*filter);
  }
  if (std::error_code ignored; fs::is_directory(options.path, ignored)) {
    source->files_ = options.recursive
                         ? list_files<fs::recursive_directory_iterator>(options.path)
                         : list_files<fs::directory_iterator>(options.path);
    if (source->files_.empty()) return failure("no capture files in " + options.path);
  } else {
    source->files_.push_back(options.path);
  }
  // A file of that name has to be a capture. In a folder, what is none is passed over.
  const bool is_folder = source->files_.front() != options.path;
  for (auto opened = source->open_file(); !opened; opened = source->open_file()) {
    if (!is_folder) return tl::unexpected(opened.error());
    source->counters_.errors.add();
    log_warning(opened.error().text() + ", skipping");
    if (++source->file_index_ < source->files_.size()) continue;
    --source->file_index_;
    source->finished_ = true;
    break;
  }
  return source;
}

Result<void> PcapSource::open_file() {
  const std::string& name = current_file();
  capture_file_ = name;
  parser_ = {};
  begin_ = end_ = 0;
  at_end_of_file_ = false;
  file_bytes_ = file_bytes_read_ = 0;
  fd_.reset(name == "-" ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd_) return failure(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
  struct stat status {};
  if (::fstat(fd_.get(), &status) == 0 && S_ISREG(status.st_mode)) {
    file_bytes_ = static_cast<std::uint64_t>(status.st_size);
    ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  counters_.files.add();
  // The header is read now, so that a file that is no capture is refused before the start.
  fill();
  CaptureParser::Record record;
  std::size_t consumed = 0;
  const auto status_of_header =
      parser_.next(std::span(buffer_).subspan(begin_, end_ - begin_), consumed, record);
  if (status_of_header == CaptureParser::Status::kSkipped) {
    begin_ += consumed;
    return {};
  }
  return failure(fmt::format("{}: {}", name, parser_.end(end_ - begin_)));
}

void PcapSource::fill() {
  if (begin_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);  // up to the largest record
  while (!at_end_of_file_) {
    const ssize_t got = ::read(fd_.get(), buffer_.data() + end_, buffer_.size() - end_);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error_ = fmt::format("{}: {}", current_file(), std::strerror(errno));
    if (got <= 0) {
      at_end_of_file_ = true;
      return;
    }
    end_ += static_cast<std::size_t>(got);
    file_bytes_read_ += static_cast<std::uint64_t>(got);
    return;
  }
}

bool PcapSource::take(const CaptureParser::Record& record, Packet& packet) {
  ++packet_number_;
  if (filter_ != nullptr && !filter_->matches(record)) {
    counters_.filtered.add();
    return false;
  }
  if (record.dlt != link_dlt_) {
    link_dlt_ = record.dlt;
    link_ = find_link_type(record.dlt);
  }
  if (!link_) {
    if (counters_.unknown_link.value() == 0) {
      log_error(fmt::format("{}: packets of link type {} cannot be decoded", current_file(),
                            record.dlt));
    }
    counters_.unknown_link.add();
    return false;
  }
  packet.data = record.data;
  packet.wire_length = record.wire_length;
  packet.link = *link_;
  packet.time = record.time;
  packet.number = packet_number_;
  packet.tenant = {};
  packet.interface = record.interface;
  counters_.packets.add();
  counters_.bytes.add(record.data.size());
  return true;
}

std::size_t PcapSource::receive(std::span<Packet> batch, std::chrono::milliseconds /*wait*/) {
  std::size_t count = 0;
  while (count < batch.size() && !finished_) {
    CaptureParser::Record record;
    std::size_t consumed = 0;
    const Bytes unread = std::span(buffer_).subspan(begin_, end_ - begin_);
    switch (parser_.next(unread, consumed, record)) {
      case CaptureParser::Status::kPacket:
        begin_ += consumed;
        if (take(record, batch[count])) ++count;
        break;
      case CaptureParser::Status::kSkipped:
        begin_ += consumed;
        break;
      case CaptureParser::Status::kNeedMore:
        // What is in the batch views the buffer: refill it with the next call.
        if (count != 0) return count;
        if (at_end_of_file_) {
          close_file(parser_.end(unread.size()));
        } else {
          fill();
        }
        break;
      case CaptureParser::Status::kBroken:
        if (count != 0) return count;
        close_file(parser_.error());
        break;
    }
  }
  if (options_.progress) show_progress(false);
  return count;
}

void PcapSource::close_file(const std::string& complaint) {
  if (!complaint.empty()) {
    counters_.errors.add();
    error_ = fmt::format("{}: {}", current_file(), complaint);
    log_warning(error_);
  }
  if (options_.progress) show_progress(true);
  while (++file_index_ < files_.size()) {
    auto opened = open_file();
    if (opened) return;
    counters_.errors.add();
    log_warning(opened.error().text() + ", skipping");
  }
  file_index_ = files_.size() - 1;
  finished_ = true;
}

/// At most a few times a second; nothing for files that are read in less than that.
void PcapSource::show_progress(bool last) {
  constexpr std::uint64_t kStep = 64u << 20;
  if (file_bytes_ < 4 * kStep) return;
  if (!last && file_bytes_read_ % kStep >= kBufferBytes) return;
  constexpr int kWidth = 40;
  const double done = static_cast<double>(file_bytes_read_) / static_cast<double>(file_bytes_);
  const int filled = static_cast<int>(done * kWidth);
  fmt::print(stderr, "\r{} [{:#<{}}{:.<{}}] {:3.0f} %{}", current_file(), "", filled, "",
             kWidth - filled, done * 100, last ? "\n" : "");
}

void PcapSource::append_counters(std::vector<NamedCounter>& out) const {
  culvert::append_counters(counters_, kPcapCounters, out);
}

}  // namespace culvert
