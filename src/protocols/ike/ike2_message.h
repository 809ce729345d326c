// Payloads of version 2 (RFC 7296 section 3):
//
//   SA         proposals
//   proposal   2 or 0 (last), 0, length (2), number, protocol, size of SPI, transforms, SPI,
//   transforms transform  3 or 0 (last), 0, length (2), type, 0, id (2), attributes notify
//   protocol, size of SPI, type (2), SPI, data
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocols/ike/ike_header.h"
#include "protocols/ike/ike_names.h"

namespace culvert::ike {

/// What a proposal offers, as far as there is one of each; what there is not has these.
struct Algorithms {
  std::uint16_t encryption = 11;  ///< ENCR_NULL
  std::uint16_t integrity = 0, prf = 0, dh = 0, esn = 0;
};

/// What is to be said of proposals; bits.
enum Finding : std::uint16_t {
  kNoEncryption = 1 << 0,  ///< AH
  kWeakEncryption = 1 << 1,
  kWeakPrf = 1 << 2,
  kWeakIntegrity = 1 << 3,
  kWeakDh = 1 << 4,
  kNoDh = 1 << 5,
  kNoIntegrity = 1 << 6,
  kInvalidProposal = 1 << 7,
  kUnknownProposal = 1 << 8,
};

struct Message2 {
  static constexpr std::size_t kMostPayloads = 1024;

  std::vector<std::uint8_t> payloads;  ///< their types, and what the last one says comes next
  std::vector<std::uint16_t> notifies;
  std::optional<Algorithms> algorithms;  ///< of the last proposal
  std::uint16_t findings = 0;

  /// What cannot be read makes it a message without payloads.
  void parse(const Header& header, Bytes payload_bytes);

 private:
  [[nodiscard]] bool parse_payloads(const Header& header, Bytes payload_bytes);
  [[nodiscard]] bool parse_proposals(ByteCursor in);
  [[nodiscard]] bool parse_proposal(ByteCursor& in);
};

}  // namespace culvert::ike
