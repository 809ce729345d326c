// Payloads of version 1 (RFC 2408 section 3):
//
//   SA         DOI (4), situation (4), proposals; of the IPsec DOI (RFC 2407)
//   proposal   next, 0, length (2), number, protocol, size of SPI, transforms, SPI, transforms
//   transform  next, 0, length (2), number, id, 0 (2), attributes
//   attribute  1|type (2), value (2); or 0|type (2), length (2), value
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/ike/ike_header.h"

namespace culvert::ike {

struct Attribute {
  std::uint16_t type = 0;
  std::optional<std::uint32_t> number;
  std::string hex;  ///< of a value that is no number
};
using Attributes = std::vector<Attribute>;

struct Message1 {
  static constexpr std::size_t kMostAttributes = 1024, kMostVendors = 256;

  std::vector<std::uint8_t> payloads;  ///< their types, each once
  bool has_sa = false;
  std::optional<std::uint32_t> doi;
  std::vector<Attributes> proposals;  ///< of each transform of each proposal
  std::vector<std::string> vendors;   ///< hexadecimal
  Bytes key, nonce;                   ///< view the datagram

  /// False: a security association that is none.
  [[nodiscard]] bool parse(const Header& header, Bytes payload_bytes);

 private:
  void note(std::uint8_t type);
  void parse_proposals(Bytes bytes);
  void parse_transforms(Bytes bytes, std::size_t count);

  std::size_t attributes_ = 0;
};

}  // namespace culvert::ike
