// The slow and obvious way to put fragments together, byte by byte: the judge of FragmentMap. For tests.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "defrag/defrag_options.h"

namespace culvert {

class FragmentTwin {
 public:
  void add(Bytes data, std::uint32_t offset, bool last, FragmentPolicy policy) {
    const Span fresh{offset, offset + static_cast<std::uint32_t>(data.size())};
    spans_.push_back(fresh);
    if (bytes_.size() < fresh.end) bytes_.resize(fresh.end);
    for (std::size_t i = 0; i < data.size(); ++i) {
      Byte& byte = bytes_[offset + i];
      if (byte.owner < 0 || wins(fresh, spans_[static_cast<std::size_t>(byte.owner)], policy)) {
        byte.value = static_cast<char>(data[i]);
        byte.owner = static_cast<int>(spans_.size()) - 1;
      }
    }
    if (last && end_ < 0) end_ = static_cast<long>(fresh.end);
  }
  bool is_complete() const {
    if (end_ < 0) return false;
    for (std::size_t i = 0; i < static_cast<std::size_t>(end_); ++i) {
      if (bytes_[i].owner < 0) return false;
    }
    return true;
  }
  std::string text() const {
    std::string out;
    for (std::size_t i = 0; i < static_cast<std::size_t>(end_); ++i) out += bytes_[i].value;
    return out;
  }

 private:
  struct Span {
    std::uint32_t begin, end;
  };
  struct Byte {
    char value = 0;
    int owner = -1;
  };
  static bool wins(Span fresh, Span old, FragmentPolicy policy) {
    const bool left = fresh.begin < old.begin, same = fresh.begin == old.begin;
    switch (policy) {
      case FragmentPolicy::kFirst:
        return false;
      case FragmentPolicy::kLast:
        return true;
      case FragmentPolicy::kBsd:
        return left;
      case FragmentPolicy::kBsdRight:
        return !left;
      case FragmentPolicy::kLinux:
        return left || same;
      case FragmentPolicy::kWindows:
        return left && fresh.end > old.end;
      case FragmentPolicy::kSolaris:
        return left && fresh.end >= old.end;
    }
    return false;
  }

  std::vector<Span> spans_;
  std::vector<Byte> bytes_;
  long end_ = -1;
};

}  // namespace culvert
