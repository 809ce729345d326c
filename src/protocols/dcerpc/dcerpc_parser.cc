#include "protocols/dcerpc/dcerpc_parser.h"

#include <algorithm>
#include <memory>

namespace culvert::dcerpc {

// --- transactions -------------------------------------------------------------------------------

DcerpcTransaction& DcerpcParserBase::begin() {
  if (transactions_.size() >=
      options_.max_transactions) {  // the oldest that is not over is given up
    const auto open = std::ranges::find_if(transactions_, [](const Transaction* tx) {
      return tx->progress[0] != kComplete || tx->progress[1] != kComplete;
    });
    Transaction* const oldest = open == transactions_.end() ? transactions_.front() : *open;
    complete(*oldest);
  }
  return keep(std::make_unique<DcerpcTransaction>(), time_);
}

std::size_t DcerpcParserBase::room_of(const Exchange::Side& side) const {
  const std::size_t left = kMostStubOfFlow - std::min(kMostStubOfFlow, kept_stub_);
  return std::min<std::size_t>(options_.max_stub, side.stub.size() + left);
}

void DcerpcParserBase::settle(DcerpcTransaction& tx, std::size_t stub_before) {
  kept_stub_ += stub_of(tx) - stub_before;
  if (tx.exchange.to_server.is_done) tx.progress[index_of(Direction::kToServer)] = kComplete;
  if (tx.exchange.to_client.is_done) tx.progress[index_of(Direction::kToClient)] = kComplete;
  tx.last_seen = time_;
  tx.updated[0] = tx.updated[1] = true;
}

void DcerpcParserBase::free_transaction(Transaction* transaction) {
  if (!take_out(transaction)) return;
  kept_stub_ -= stub_of(*static_cast<DcerpcTransaction*>(transaction));
  delete transaction;
}

// --- connections --------------------------------------------------------------------------------

ParseStatus DcerpcParser::feed(const AppInput& input) {
  time_ = input.time;
  Side& side = sides_[index_of(input.direction)];
  Bytes rest = input.bytes;
  const std::size_t skipped = std::min(side.skip, rest.size());
  rest = rest.subspan(skipped);
  side.skip -= skipped;
  if (!side.held.empty()) {
    side.held.insert(side.held.end(), rest.begin(), rest.end());
    rest = side.held;
  }
  while (rest.size() >= Header::kSize) {
    const auto header = Header::parse(rest);
    if (!header) {
      if (!side.is_lost) return ParseStatus::kMalformed;
      rest = {};  // another segment may begin with a PDU
      break;
    }
    if (rest.size() < header->fragment_size) break;
    side.is_lost = false;
    if (input.frames != nullptr) {
      const std::uint64_t begin = input.offset_of(rest);
      const std::uint16_t size = header->fragment_size;
      input.frames->add(kHeaderFrame, begin, Header::kSize);
      input.frames->add(kPduFrame, begin, size);
      input.frames->add(kDataFrame, begin + Header::kSize, size - Header::kSize);
    }
    on_pdu(*header, rest.first(header->fragment_size).subspan(Header::kSize));
    rest = rest.subspan(header->fragment_size);
  }
  if (rest.size() < side.held.size() || side.held.empty()) {
    std::vector<std::byte> left(rest.begin(), rest.end());
    side.held.swap(left);
  }
  return side.held.empty() && side.skip == 0 ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

ParseStatus DcerpcParser::gap(const AppInput& input, std::size_t missing) {
  Side& side = sides_[index_of(input.direction)];
  std::size_t left = side.skip;
  if (!side.held.empty()) {
    const auto header = Header::parse(side.held);
    left = header ? header->fragment_size - side.held.size() : 0;
    std::vector<std::byte>().swap(side.held);
  }
  side.is_lost = missing != left;
  side.skip = missing < left ? left - missing : 0;
  if (side.skip != 0) side.is_lost = false;
  for (Transaction* transaction : transactions_) {
    auto& tx = static_cast<DcerpcTransaction&>(*transaction);
    if (tx.exchange.has_request) continue;
    tx.exchange.to_server.is_done = true;
    settle(tx, stub_of(tx));
  }
  return ParseStatus::kNeedMore;
}

void DcerpcParser::on_pdu(const Header& header, Bytes body) {
  switch (header.type) {
    case PduType::kBind:
    case PduType::kAlterContext:
    case PduType::kRequest:
      on_request(header, body);
      return;
    case PduType::kBindAck:
    case PduType::kBindNak:
    case PduType::kAlterContextResponse:
    case PduType::kResponse:
      on_response(header, body);
      return;
    case PduType::kFault:
    case PduType::kAuth3:
      return;
  }
}

DcerpcTransaction* DcerpcParser::find(const Header& header, PduType request) {
  for (Transaction* transaction : transactions_) {
    auto* const tx = static_cast<DcerpcTransaction*>(transaction);
    const Exchange& exchange = tx->exchange;
    if (exchange.call_id != header.call_id || exchange.to_client.is_done) continue;
    if (exchange.has_request ? exchange.request == request : exchange.has_response) return tx;
  }
  return nullptr;
}

void DcerpcParser::on_request(const Header& header, Bytes body) {
  const bool is_call = header.type == PduType::kRequest;
  DcerpcTransaction* tx = nullptr;
  if (is_call && !header.is_first()) tx = find(header, PduType::kRequest);
  if (tx == nullptr || tx->exchange.to_server.is_done) tx = &begin();
  Exchange& exchange = tx->exchange;
  const std::size_t before = stub_of(*tx);
  if (is_call) {
    if (!exchange.take_request(header, body, bindings_, room_of(exchange.to_server))) {
      exchange.call_id = header.call_id;
      exchange.to_server.is_done = true;
    }
  } else {
    bindings_.bind(header, body);
    exchange.has_request = true;
    exchange.request = header.type;
    exchange.call_id = header.call_id;
    exchange.little_endian = header.little_endian;
    if (header.type == PduType::kBind) exchange.interfaces = bindings_.latest();
    exchange.to_server.is_done = true;
  }
  settle(*tx, before);
}

void DcerpcParser::on_response(const Header& header, Bytes body) {
  PduType wanted = PduType::kRequest;
  if (header.type == PduType::kBindAck || header.type == PduType::kBindNak) wanted = PduType::kBind;
  if (header.type == PduType::kAlterContextResponse) wanted = PduType::kAlterContext;
  DcerpcTransaction* tx = find(header, wanted);
  if (tx == nullptr) tx = &begin();  // its request may yet turn out to be lost, see gap()
  Exchange& exchange = tx->exchange;
  const std::size_t before = stub_of(*tx);
  if (wanted == PduType::kRequest) {
    exchange.take_response(header, body, room_of(exchange.to_client));
  } else {
    if (header.type != PduType::kBindNak) bindings_.acknowledge(header, body);
    if (exchange.has_request && exchange.request == PduType::kBind) {
      exchange.interfaces = bindings_.latest();
    }
    exchange.has_response = true;
    exchange.response = header.type;
    exchange.call_id = header.call_id;
    exchange.to_client.is_done = true;
  }
  settle(*tx, before);
}

// --- datagrams ----------------------------------------------------------------------------------

ParseStatus DcerpcDatagramParser::feed(const AppInput& input) {
  time_ = input.time;
  const auto header = DatagramHeader::parse(input.bytes);
  if (!header) return ParseStatus::kDone;
  const bool is_request = header->type == PduType::kRequest;
  if (!is_request && header->type != PduType::kResponse) return ParseStatus::kDone;
  DcerpcTransaction* tx = find(*header);
  if (tx == nullptr) {
    tx = &begin();
    tx->is_datagram = true;
    tx->activity = header->activity;
    tx->sequence = header->sequence;
    if (!is_request) tx->exchange.to_server.is_done = true;
  }
  Exchange& exchange = tx->exchange;
  const std::size_t before = stub_of(*tx);
  Exchange::Side& side = is_request ? exchange.to_server : exchange.to_client;
  (is_request ? exchange.has_request : exchange.has_response) = true;
  (is_request ? exchange.request : exchange.response) = header->type;
  if (is_request) exchange.opnum = header->opnum;
  exchange.little_endian = header->little_endian;
  ++side.fragments;
  const Bytes body = input.bytes.subspan(DatagramHeader::kSize);
  Exchange::add_stub(side, body.first(std::min<std::size_t>(body.size(), header->fragment_size)),
                     room_of(side));
  if (!header->is_fragment() || header->is_last()) side.is_done = true;
  settle(*tx, before);
  return ParseStatus::kDone;
}

DcerpcTransaction* DcerpcDatagramParser::find(const DatagramHeader& header) {
  const bool is_request = header.type == PduType::kRequest;
  for (Transaction* transaction : transactions_) {
    auto* const tx = static_cast<DcerpcTransaction*>(transaction);
    const Exchange::Side& side = is_request ? tx->exchange.to_server : tx->exchange.to_client;
    if (!side.is_done && tx->sequence == header.sequence && tx->activity == header.activity) {
      return tx;
    }
  }
  return nullptr;
}

}  // namespace culvert::dcerpc
