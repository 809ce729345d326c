// Undoes "lzma": the .lzma format ("LZMA_Alone"), a header of 13 bytes and the data.
//
//      0        1                    5                                    13
//     +--------+--------------------+------------------------------------+------
//     | props  | dictionary size    | size when decoded; all ones: as is | data
//     +--------+--------------------+------------------------------------+------
//
// Both numbers are little-endian. The dictionary is as large as the header says only up to the limit:
// data that reaches farther back than that fails, other data does not.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "protocols/http/codec.h"

namespace culvert::http1 {

class LzmaCodec final : public Codec {
 public:
  LzmaCodec();
  ~LzmaCodec() override;

  /// Begins a stream. `most_memory`: bytes for the dictionary.
  void start(std::uint64_t most_memory);
  CodecStatus feed(Bytes in, CodecOutput& out) override;
  /// It failed where the dictionary would have had to be larger than the limit.
  bool reached_limit() const { return reached_limit_; }

 private:
  static constexpr std::size_t kHeaderSize = 13;
  CodecStatus decode(Bytes in, CodecOutput& out);

  struct State;  // of liblzma
  std::unique_ptr<State> state_;
  std::uint64_t most_memory_ = 0;
  std::array<std::byte, kHeaderSize> header_{};
  std::size_t header_bytes_ = 0;
  std::uint64_t made_ = 0;
  std::uint32_t dictionary_ = 0;  ///< in use
  bool is_reduced_ = false;       ///< smaller than the header asked for
  bool reached_limit_ = false;
};

}  // namespace culvert::http1
