// Header blocks (RFC 7541). One object a direction: blocks are decoded in the order of the wire, as each
// changes the dynamic table for the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"

struct nghttp2_hd_inflater;

namespace culvert::http2 {

/// Takes what a block holds, in order. Texts are valid during the call.
class FieldSink {
 public:
  virtual ~FieldSink() = default;
  /// False: that is enough; the rest of the block is decoded without being shown.
  virtual bool on_field(std::string_view name, std::string_view value) = 0;
  virtual void on_size_update(std::uint32_t size) = 0;
};

class HpackDecoder {
 public:
  /// `max_table_bytes`: larger dynamic tables fail.
  explicit HpackDecoder(std::size_t max_table_bytes);
  ~HpackDecoder();

  enum class Result : std::uint8_t {
    kDone,
    kBadBlock,         ///< no later block can be decoded either
    kIntegerOverflow,  ///< the same; a number beyond any sense
    kTableOverflow,    ///< the same; a table larger than the limit
  };
  /// A whole block.
  [[nodiscard]] Result decode(Bytes block, FieldSink& sink);

 private:
  struct Deleter {
    void operator()(nghttp2_hd_inflater* inflater) const;
  };
  std::unique_ptr<nghttp2_hd_inflater, Deleter> inflater_;
  std::size_t max_table_bytes_;
};

}  // namespace culvert::http2
