// What detection shares between workers and keeps over reloads: counts of thresholds, bits and tags of
// hosts, names of variables. One for the engine; a Detector that is given none makes its own.
#pragma once

#include <cstddef>
#include <mutex>

#include "detect/dataset.h"
#include "detect/shared_table.h"
#include "detect/threshold.h"
#include "detect/variables.h"

namespace culvert {

/// A bit of a host (`hostbits`, `xbits` by address) or of a pair of them.
struct SharedBit {
  Timestamp expires{};
};

/// What is left of a `tag`: how much of what is to be logged has gone by.
struct TagProgress {
  enum class Metric : std::uint8_t { kNone, kPackets, kBytes, kSeconds };
  Metric metric = Metric::kNone;  ///< kNone: without end
  std::uint32_t limit = 0;
  std::uint32_t packets = 0;
  std::uint64_t bytes = 0;
  Timestamp begin{};

  /// Counts a packet; whether it still belongs to what is tagged.
  bool take(std::uint64_t packet_bytes, Timestamp now) {
    ++packets;
    bytes += packet_bytes;
    switch (metric) {
      case Metric::kNone:
        return true;
      case Metric::kPackets:
        return packets <= limit;
      case Metric::kBytes:
        return bytes <= limit;
      case Metric::kSeconds:
        return now <= begin + std::chrono::seconds(limit);
    }
    return false;
  }
};

struct DetectSharedOptions {
  std::size_t threshold_slots = std::size_t{1} << 16;
  std::size_t bit_slots = std::size_t{1} << 16;
  std::size_t tag_slots = std::size_t{1} << 12;
};

class DetectShared {
 public:
  explicit DetectShared(const DetectSharedOptions& options = {})
      : thresholds(options.threshold_slots), bits(options.bit_slots), tags(options.tag_slots) {}

  ThresholdTable thresholds;
  SharedTable<SharedBit> bits;
  SharedTable<TagProgress> tags;
  DatasetStore datasets;

  /// Compile time: names as the rule sets so far have numbered them.
  VariableNames names() const {
    const std::lock_guard lock(mutex_);
    return names_;
  }
  void keep_names(const VariableNames& names) {
    const std::lock_guard lock(mutex_);
    names_ = names;
  }

 private:
  mutable std::mutex mutex_;
  VariableNames names_;
};

}  // namespace culvert
