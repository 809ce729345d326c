#include "protocols/http2/hpack.h"

#include <nghttp2/nghttp2.h>

#include <cstdlib>
#include <optional>

namespace culvert::http2 {
namespace {

/// "001xxxxx", an integer with a prefix of five bits: dynamic table size update (section 6.3).
constexpr std::uint8_t kUpdateMask = 0xe0, kUpdate = 0x20, kPrefixMask = 0x1f;

struct Integer {
  std::uint64_t value;
  std::size_t size;
  bool overflow;
};
/// Section 5.1. Nothing: it does not end.
std::optional<Integer> read_integer(Bytes bytes) {
  std::uint64_t value = std::to_integer<std::uint8_t>(bytes[0]) & kPrefixMask;
  if (value < kPrefixMask) return Integer{value, 1, false};
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    const auto byte = std::to_integer<std::uint64_t>(bytes[i]);
    const std::size_t shift = 7 * (i - 1);
    if (shift > 28) return Integer{0, i, true};
    value += (byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return Integer{value, i + 1, value > 0xffffffff};
  }
  return std::nullopt;
}

std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

void HpackDecoder::Deleter::operator()(nghttp2_hd_inflater* inflater) const {
  nghttp2_hd_inflate_del(inflater);
}

HpackDecoder::HpackDecoder(std::size_t max_table_bytes) : max_table_bytes_(max_table_bytes) {
  nghttp2_hd_inflater* inflater = nullptr;
  if (nghttp2_hd_inflate_new(&inflater) != 0) std::abort();  // out of memory
  inflater_.reset(inflater);
  // The encoder may choose any size that the other end has allowed it; whatever that was, up to this.
  nghttp2_hd_inflate_change_table_size(inflater, max_table_bytes);
}

HpackDecoder::~HpackDecoder() = default;

HpackDecoder::Result HpackDecoder::decode(Bytes block, FieldSink& sink) {
  // The library does not tell of size updates, which stand at the front.
  for (Bytes front = block; !front.empty();) {
    const auto first = std::to_integer<std::uint8_t>(front[0]);
    if ((first & kUpdateMask) != kUpdate) break;
    const auto size = read_integer(front);
    if (!size) return Result::kBadBlock;
    if (size->overflow) return Result::kIntegerOverflow;
    sink.on_size_update(static_cast<std::uint32_t>(size->value));
    if (size->value > max_table_bytes_) return Result::kTableOverflow;
    front = front.subspan(size->size);
  }
  const auto* in = reinterpret_cast<const std::uint8_t*>(block.data());
  std::size_t left = block.size();
  bool shows = true;
  for (;;) {
    nghttp2_nv field;
    int flags = 0;
    const ssize_t used = nghttp2_hd_inflate_hd2(inflater_.get(), &field, &flags, in, left, 1);
    if (used < 0) return Result::kBadBlock;
    in += used;
    left -= static_cast<std::size_t>(used);
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0 && shows) {
      shows = sink.on_field(text(field.name, field.namelen), text(field.value, field.valuelen));
    }
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) == 0 && left == 0) break;
  }
  nghttp2_hd_inflate_end_headers(inflater_.get());
  return Result::kDone;
}

}  // namespace culvert::http2
