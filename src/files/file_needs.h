// What of files somebody wants: the rules that are loaded and the outputs that are on. What nobody
// wants is neither kept nor computed.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace culvert {

enum class FileNeed : std::uint8_t {
  kTrack,    ///< that there are files: names, sizes, records
  kContent,  ///< the bytes, for inspection
  kMagic,    ///< the kind, told by libmagic
  kMd5,
  kSha1,
  kSha256,
  kStore,    ///< a rule may yet want the file stored: all bytes are kept until it is inspected
};

/// A set of them.
class FileNeeds {
 public:
  constexpr FileNeeds() = default;
  constexpr FileNeeds(std::initializer_list<FileNeed> needs) {
    for (const FileNeed need : needs) add(need);
  }
  constexpr void add(FileNeed need) { bits_ = static_cast<std::uint8_t>(bits_ | bit(need)); }
  constexpr void add(FileNeeds other) { bits_ = static_cast<std::uint8_t>(bits_ | other.bits_); }
  constexpr bool has(FileNeed need) const { return (bits_ & bit(need)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  static constexpr unsigned bit(FileNeed need) { return 1u << static_cast<unsigned>(need); }
  std::uint8_t bits_ = 0;
};

}  // namespace culvert
