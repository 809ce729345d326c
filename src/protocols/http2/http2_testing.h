// Frames for tests, and a flow's worth of a parser.
#pragma once

#include <nghttp2/nghttp2.h>

#include <string>
#include <utility>
#include <vector>

#include "protocols/http2/http2_parser.h"

namespace culvert::http2 {

inline std::vector<std::byte> frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                                    std::string_view payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  std::vector<std::byte> out;
  for (const std::uint32_t value :
       {size >> 16, size >> 8, size, std::uint32_t{type}, std::uint32_t{flags}, stream >> 24,
        stream >> 16, stream >> 8, stream}) {
    out.push_back(static_cast<std::byte>(value));
  }
  const Bytes bytes = as_bytes(payload);
  out.insert(out.end(), bytes.begin(), bytes.end());
  return out;
}

/// Header blocks of one direction.
class Encoder {
 public:
  Encoder() { nghttp2_hd_deflate_new(&deflater_, 4096); }
  ~Encoder() { nghttp2_hd_deflate_del(deflater_); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  std::string block(const std::vector<std::pair<std::string, std::string>>& fields) {
    std::vector<nghttp2_nv> list;
    for (const auto& [name, value] : fields) {
      list.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    std::string out(nghttp2_hd_deflate_bound(deflater_, list.data(), list.size()), '\0');
    const ssize_t size =
        nghttp2_hd_deflate_hd(deflater_, bytes(out), out.size(), list.data(), list.size());
    out.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return out;
  }

 private:
  static std::uint8_t* bytes(const std::string& text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  }
  nghttp2_hd_deflater* deflater_ = nullptr;
};

/// A parser, its flow, and what it has made of the bytes so far, as text.
struct Connection {
  Http2Context context;
  Flow flow;
  Http2Parser parser{context};

  ParseStatus feed(Direction direction, Bytes bytes) {
    return parser.feed({.flow = flow, .direction = direction, .bytes = bytes, .time = {}});
  }
  const Http2Transaction& tx(std::size_t number) const {
    return static_cast<const Http2Transaction&>(*parser.transactions().at(number));
  }
  std::string describe() const {
    std::string out;
    for (const Transaction* each : parser.transactions()) {
      const auto& tx = static_cast<const Http2Transaction&>(*each);
      out += "#" + std::to_string(tx.stream);
      for (const Message& message : tx.messages) {
        out += " [";
        for (const Field& field : message.fields) {
          out += std::string(field.name) + "=" + std::string(field.value) + ";";
        }
        for (const Setting& setting : message.settings) {
          out += std::to_string(setting.id) + "=" + std::to_string(setting.value) + ";";
        }
        out += " " + std::string(as_text(message.body.bytes())) + "]";
      }
      out += std::to_string(tx.progress[0]) + std::to_string(tx.progress[1]);
      for (std::size_t i = 0; i < kEventNames.size(); ++i) {
        if (tx.events.has(static_cast<std::uint8_t>(i))) out += " " + std::string(kEventNames[i]);
      }
      out += "\n";
    }
    return out;
  }
};

}  // namespace culvert::http2
