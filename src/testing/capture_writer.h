// Captures for tests, built in code: a pcap file as bytes, or in a file of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

namespace culvert {

/// A classic pcap file (draft-ietf-opsawg-pcap), little endian, microseconds or nanoseconds.
class CaptureWriter {
 public:
  static constexpr std::uint32_t kEthernet = 1, kRaw = 101, kSll = 113;

  explicit CaptureWriter(std::uint32_t link_type = kEthernet, bool nanoseconds = false);
  /// `wire_length` 0: as long as `packet`.
  void add(Bytes packet, Timestamp time = make_timestamp(1'600'000'000),
           std::uint32_t wire_length = 0);
  const std::vector<std::byte>& bytes() const { return bytes_; }
  /// Ends the program if it cannot.
  void write(const std::filesystem::path& file) const;

 private:
  std::vector<std::byte> bytes_;
  bool nanoseconds_;
};

/// A folder for one test, with all in it gone at its end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace culvert
