// Packets from capture files: one, all of a folder, or standard input.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "io/capture_parser.h"
#include "io/packet_source.h"

namespace culvert {

struct PcapOptions {
  std::string path = {};         ///< file, folder, or "-"
  bool recursive = false;        ///< folders within the folder, too
  std::string filter = {};       ///< BPF, as tcpdump takes it; empty: all
  bool progress = false;         ///< a progress bar on standard error
};

class BpfFilter;

struct PcapCounters {
  Counter files, packets, bytes, filtered, unknown_link, errors;
};

class PcapSource final : public PacketSource {
 public:
  /// Opens the first file; an error says what cannot be read.
  static Result<std::unique_ptr<PcapSource>> open(const PcapOptions& options);
  ~PcapSource() override;

  std::size_t receive(std::span<Packet> batch, std::chrono::milliseconds wait) override;
  void release(std::span<Packet> /*batch*/) override {}
  bool finished() const override { return finished_; }
  bool is_open() const override { return true; }
  std::string error() const override { return error_; }
  void append_counters(std::vector<NamedCounter>& out) const override;

  /// The file that the last batch came from.
  const std::string& current_file() const { return files_[file_index_]; }
  const std::string* capture_file() const override { return &capture_file_; }

 private:
  explicit PcapSource(const PcapOptions& options);
  Result<void> open_file();
  void close_file(const std::string& complaint);
  void fill();
  bool take(const CaptureParser::Record& record, Packet& packet);
  void show_progress(bool last);

  PcapOptions options_;
  std::vector<std::string> files_;
  std::size_t file_index_ = 0;
  std::string capture_file_;  ///< the current one: stays in place, as others look at it
  Fd fd_;
  CaptureParser parser_;
  std::unique_ptr<BpfFilter> filter_;
  std::uint32_t link_dlt_ = ~0u;   ///< of the last packet, and what it is
  std::optional<LinkType> link_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0, end_ = 0;  ///< unread part of the buffer
  bool at_end_of_file_ = false;
  bool finished_ = false;
  std::uint64_t packet_number_ = 0;  ///< over all files, as `pcap_cnt`
  std::uint64_t file_bytes_ = 0, file_bytes_read_ = 0;
  std::string error_;
  PcapCounters counters_;
};

}  // namespace culvert
