#include "event/pcap_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <lz4frame.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <map>
#include <vector>

#include "base/fd.h"
#include "event/sink.h"

namespace culvert {
namespace {

constexpr std::size_t kBatchBytes = 256 * 1024;
constexpr std::uint32_t kSnapLength = 262144;
constexpr std::size_t kFileHead = 24, kRecordHead = 16;

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

/// One open file, maybe compressed.
class PcapFile {
 public:
  PcapFile(Fd fd, const PcapSinkOptions& options, std::uint32_t link_type) : fd_(std::move(fd)), link_type_(link_type) {
    if (options.lz4) {
      preferences_.frameInfo.contentChecksumFlag = options.lz4_checksum ? LZ4F_contentChecksumEnabled : LZ4F_noContentChecksum;
      preferences_.compressionLevel = options.lz4_level;
      if (LZ4F_isError(LZ4F_createCompressionContext(&lz4_, LZ4F_VERSION)) != 0) lz4_ = nullptr;
    }
    if (lz4_ != nullptr) {
      char head[LZ4F_HEADER_SIZE_MAX];
      const std::size_t size = LZ4F_compressBegin(lz4_, head, sizeof(head), &preferences_);
      if (LZ4F_isError(size) == 0) out_.append(head, size);
    }
    std::string head;
    put<std::uint32_t>(head, 0xa1b2c3d4);
    put<std::uint16_t>(head, 2);
    put<std::uint16_t>(head, 4);
    put<std::uint32_t>(head, 0);
    put<std::uint32_t>(head, 0);
    put<std::uint32_t>(head, kSnapLength);
    put<std::uint32_t>(head, link_type);
    add(head);
  }
  PcapFile(const PcapFile&) = delete;
  PcapFile& operator=(const PcapFile&) = delete;
  ~PcapFile() {
    if (lz4_ != nullptr) {
      finish([&](char* to, std::size_t room) { return LZ4F_compressEnd(lz4_, to, room, nullptr); });
      LZ4F_freeCompressionContext(lz4_);
    }
    static_cast<void>(write_out());
  }

  std::uint64_t size() const { return size_; }  ///< not compressed
  std::uint32_t link_type() const { return link_type_; }

  bool add(std::string_view bytes) {
    size_ += bytes.size();
    if (lz4_ == nullptr) {
      out_ += bytes;
    } else {
      finish([&](char* to, std::size_t room) { return LZ4F_compressUpdate(lz4_, to, room, bytes.data(), bytes.size(), nullptr); },
             bytes.size());
    }
    return out_.size() < kBatchBytes || write_out();
  }
  bool flush() {
    if (lz4_ != nullptr) finish([&](char* to, std::size_t room) { return LZ4F_flush(lz4_, to, room, nullptr); });
    return write_out();
  }

 private:
  template <class Compress>
  void finish(Compress&& compress, std::size_t input = 0) {
    const std::size_t before = out_.size();
    out_.resize(before + LZ4F_compressBound(input, &preferences_));
    const std::size_t size = compress(out_.data() + before, out_.size() - before);
    out_.resize(before + (LZ4F_isError(size) == 0 ? size : 0));
  }
  bool write_out() {
    std::string_view rest = out_;
    while (!rest.empty()) {
      const ssize_t count = ::write(fd_.get(), rest.data(), rest.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
    out_.clear();
    return rest.empty();
  }

  Fd fd_;
  std::uint32_t link_type_;
  LZ4F_cctx* lz4_ = nullptr;
  LZ4F_preferences_t preferences_{};
  std::string out_;
  std::uint64_t size_ = 0;
};

class PcapSink final : public Sink {
 public:
  explicit PcapSink(const PcapSinkOptions& options) : options_(options) {}

  void append(std::string_view records, std::uint64_t) override {
    while (records.size() >= sizeof(PcapRecordHead)) {
      PcapRecordHead head;
      std::memcpy(&head, records.data(), sizeof(head));
      records.remove_prefix(sizeof(head));
      const std::string_view bytes = records.substr(0, head.captured);
      records.remove_prefix(bytes.size());
      write(head, bytes);
    }
  }
  void flush() override {
    for (auto& [thread, lane] : lanes_) {
      if (lane.file != nullptr && !lane.file->flush()) fail(lane, 0);
    }
  }
  void reopen() override {
    for (auto& [thread, lane] : lanes_) lane.file.reset();  // the next packet begins another
  }

 private:
  struct Lane {
    std::unique_ptr<PcapFile> file;
    std::string name, first_name;  ///< without the number that tells files of one second apart
    unsigned again = 0;            ///< that number
    std::deque<std::string> names;  ///< all there are, the oldest first, for max-files
    bool listed = false;
  };

  void write(const PcapRecordHead& head, std::string_view bytes) {
    const std::uint16_t number = options_.multi ? head.thread : std::uint16_t{0};
    Lane& lane = lanes_[number];
    const std::uint64_t needed = kRecordHead + bytes.size();
    if (lane.file != nullptr && head.opens == 0) {
      const bool full = lane.file->size() + needed > options_.limit_bytes && lane.file->size() > kFileHead;
      if (full || lane.file->link_type() != head.link_type) {
        lane.file.reset();
        on_rotated();
      }
    }
    if (lane.file == nullptr && !open(lane, head)) {
      if (head.opens == 0) on_lost(1, "cannot write " + lane.name + ": " + std::strerror(errno));
      return;
    }
    if (head.opens != 0) return;
    record_.clear();
    put(record_, static_cast<std::uint32_t>(head.microseconds / 1000000));
    put(record_, static_cast<std::uint32_t>(head.microseconds % 1000000));
    put(record_, head.captured);
    put(record_, head.wire);
    record_ += bytes;
    if (!lane.file->add(record_)) return fail(lane, 1);
    on_written(1, record_.size());
    on_success(lane.name);
  }

  void fail(Lane& lane, std::uint64_t lost) {
    on_lost(lost, "cannot write " + lane.name + ": " + std::strerror(errno));
    lane.file.reset();
  }

  std::string name_of(const PcapRecordHead& head) const {
    std::string time = std::to_string(head.microseconds / 1000000);
    if (options_.microseconds_in_name) time += fmt::format(".{:06}", head.microseconds % 1000000);
    std::string name = options_.folder + "/";
    if (!options_.multi) {
      name += options_.filename + "." + time;
    } else {
      for (std::size_t i = 0; i < options_.filename.size(); ++i) {
        const char c = options_.filename[i];
        if (c != '%' || i + 1 == options_.filename.size()) {
          name += c;
          continue;
        }
        const char what = options_.filename[++i];
        if (what == 'n') name += std::to_string(head.thread);
        if (what == 'i') name += std::to_string(head.thread_id);
        if (what == 't') name += time;
      }
    }
    return name + (options_.lz4 ? ".lz4" : "");
  }

  bool open(Lane& lane, const PcapRecordHead& head) {
    if (options_.max_files != 0 && !lane.listed && !options_.multi) list_earlier(lane);
    std::string name = name_of(head);
    // Two files of the same second: the later one has a number, too.
    lane.again = name == lane.first_name ? lane.again + 1 : 0;
    lane.first_name = name;
    if (lane.again != 0) name += fmt::format("-{}", lane.again);
    lane.name = name;
    Fd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd) return false;
    lane.file = std::make_unique<PcapFile>(std::move(fd), options_, head.link_type);
    if (options_.max_files == 0) return true;
    lane.names.push_back(name);
    while (lane.names.size() > options_.max_files) {
      ::unlink(lane.names.front().c_str());
      lane.names.pop_front();
    }
    return true;
  }

  /// Files of earlier runs: "log.pcap." and a time.
  void list_earlier(Lane& lane) {
    lane.listed = true;
    const std::string prefix = options_.filename + ".";
    std::vector<std::pair<std::string, std::string>> found;  // the time, the path
    std::error_code code;
    for (std::filesystem::directory_iterator entry(options_.folder, code), end; !code && entry != end; entry.increment(code)) {
      const std::string name = entry->path().filename().string();
      if (!name.starts_with(prefix) || name.size() == prefix.size()) continue;
      std::string time = name.substr(prefix.size());
      if (time.ends_with(".lz4")) time.resize(time.size() - 4);
      if (time.find_first_not_of("0123456789.-") != time.npos) continue;
      found.emplace_back(time, options_.folder + "/" + name);
    }
    std::ranges::sort(found);
    for (auto& [time, path] : found) lane.names.push_back(std::move(path));
  }

  const PcapSinkOptions options_;
  std::map<std::uint16_t, Lane> lanes_;  ///< by worker, or 0 for all
  std::string record_;
};

}  // namespace

std::uint32_t pcap_link_type(LinkType link) {
  switch (link) {
    case LinkType::kEthernet:
      return 1;
    case LinkType::kRaw:
      return 101;
    case LinkType::kIpv4:
      return 228;
    case LinkType::kIpv6:
      return 229;
    case LinkType::kPpp:
      return 9;
    case LinkType::kNull:
      return 0;
    case LinkType::kLoop:
      return 108;
    case LinkType::kSll:
      return 113;
    case LinkType::kSll2:
      return 276;
    case LinkType::kNflog:
      return 239;
    case LinkType::kChdlc:
      return 104;
  }
  return 1;
}

std::unique_ptr<Sink> make_pcap_sink(const PcapSinkOptions& options) {
  return std::make_unique<PcapSink>(options);
}

}  // namespace culvert
