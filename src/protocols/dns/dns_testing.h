// DNS messages for tests, written as in master files.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace culvert::dns {

/// Builds a message from its front: header, then questions and records in the order of sections,
/// which the caller has counted.
class MessageBuilder {
 public:
  struct Counts {
    std::uint16_t queries = 1, answers = 0, authorities = 0, additionals = 0;
  };
  explicit MessageBuilder(std::uint16_t flags = 0x0100) : MessageBuilder(flags, Counts{}) {}
  MessageBuilder(std::uint16_t flags, Counts counts) {
    for (const std::uint16_t word : {std::uint16_t{0x1234}, flags, counts.queries, counts.answers,
                                     counts.authorities, counts.additionals}) {
      u16(word);
    }
  }
  /// "a.example": labels; "" is the root.
  static std::vector<std::byte> name(std::string_view text) {
    std::vector<std::byte> out;
    while (!text.empty()) {
      const std::string_view label = text.substr(0, text.find('.'));
      out.push_back(static_cast<std::byte>(label.size()));
      for (const char c : label) out.push_back(static_cast<std::byte>(c));
      text.remove_prefix(label.size() == text.size() ? label.size() : label.size() + 1);
    }
    out.push_back(std::byte{0});
    return out;
  }
  MessageBuilder& query(std::string_view of, std::uint16_t type = 1) {
    return raw_query(name(of), type);
  }
  MessageBuilder& raw_query(Bytes of, std::uint16_t type = 1) {
    append(of);
    u16(type);
    return u16(1);
  }
  MessageBuilder& record(std::string_view of, std::uint16_t type, Bytes data) {
    append(name(of));
    u16(type);
    u16(1);
    u16(0);
    u16(60);  // TTL
    u16(static_cast<std::uint16_t>(data.size()));
    return append(data);
  }
  MessageBuilder& append(Bytes more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  MessageBuilder& u16(std::uint16_t word) {
    bytes_.push_back(static_cast<std::byte>(word >> 8));
    bytes_.push_back(static_cast<std::byte>(word & 255));
    return *this;
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }
  /// With its length in front, as over TCP.
  std::vector<std::byte> framed() const {
    std::vector<std::byte> out{static_cast<std::byte>(bytes_.size() >> 8),
                               static_cast<std::byte>(bytes_.size() & 255)};
    out.insert(out.end(), bytes_.begin(), bytes_.end());
    return out;
  }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace culvert::dns
