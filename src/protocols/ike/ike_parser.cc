#include "protocols/ike/ike_parser.h"

#include <algorithm>
#include <memory>

namespace culvert::ike {
namespace {

void raise_findings(IkeTransaction& tx) {
  constexpr std::pair<Finding, Event> kEvents[] = {{kNoEncryption, Event::kNoEncryption},
                                                   {kWeakEncryption, Event::kWeakCryptoEnc},
                                                   {kWeakPrf, Event::kWeakCryptoPrf},
                                                   {kWeakIntegrity, Event::kWeakCryptoAuth},
                                                   {kWeakDh, Event::kWeakCryptoDh},
                                                   {kNoDh, Event::kWeakCryptoNoDh},
                                                   {kNoIntegrity, Event::kWeakCryptoNoAuth},
                                                   {kInvalidProposal, Event::kInvalidProposal},
                                                   {kUnknownProposal, Event::kUnknownProposal}};
  for (const auto& [finding, event] : kEvents) {
    if ((tx.v2.findings & finding) != 0) tx.raise(event);
  }
}

}  // namespace

ParseStatus IkeParser::feed(const AppInput& input) {
  ByteCursor in(input.bytes);
  const auto header = Header::parse(in);
  if (!header || header->length != Header::kSize + in.size()) return ParseStatus::kMalformed;
  if (is_full()) return ParseStatus::kDone;
  auto tx = std::make_unique<IkeTransaction>();
  tx->direction = input.direction;
  tx->header = *header;
  if (header->major == 1) {
    if (!tx->v1.parse(*header, in.rest())) return ParseStatus::kMalformed;
    take_v1(*tx);
  } else {
    tx->v2.parse(*header, in.rest());
    take_v2(*tx);
  }
  is_fresh_ = false;
  add(std::move(tx), input);
  return ParseStatus::kDone;
}

void IkeParser::take_v1(IkeTransaction& tx) {
  const std::size_t side = index_of(tx.direction);
  if (!tx.header.is_encrypted()) {
    const auto keep = [](Bytes from, std::vector<std::byte>& to) {
      to.assign(from.begin(), from.end());
    };
    keep(tx.v1.key, keys_[side].key);
    keep(tx.v1.nonce, keys_[side].nonce);
    if (tx.v1.doi) doi_ = tx.v1.doi;
    if (const Attributes* const chosen = tx.chosen_here()) chosen_ = *chosen;
  }
  tx.doi = doi_;
  tx.chosen = chosen_;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    tx.keys[i] = {tx.arena.copy(Bytes(keys_[i].key)), tx.arena.copy(Bytes(keys_[i].nonce))};
  }
  // They viewed the datagram.
  tx.v1.key = tx.v1.key.empty() ? Bytes{} : tx.keys[side].key;
  tx.v1.nonce = tx.v1.nonce.empty() ? Bytes{} : tx.keys[side].nonce;
}

void IkeParser::take_v2(IkeTransaction& tx) {
  raise_findings(tx);
  if (tx.is_of_server() && tx.v2.algorithms) algorithms_ = *tx.v2.algorithms;
  tx.algorithms = algorithms_;
}

bool IkeParser::recycle() {
  is_fresh_ = true;
  doi_.reset();
  keys_ = {};
  chosen_.clear();
  algorithms_ = {};
  return true;
}

}  // namespace culvert::ike
