#include "protocols/dcerpc/dcerpc_exchange.h"

#include <algorithm>

namespace culvert::dcerpc {

// bind, alter_context:       max xmit, max recv, group (8 bytes); items (1), 3 reserved; then each
//   context id (2), transfer syntaxes (1), 1 reserved, uuid (16), version (2 + 2),
//   and for each transfer syntax uuid (16), version (4)
void Bindings::bind(const Header& header, Bytes body) {
  OrderedCursor in{ByteCursor(body), header.little_endian};
  in.in.skip(8);
  const std::uint8_t items = in.in.u8();
  in.in.skip(3);
  if (header.type == PduType::kBind) interfaces_.clear();
  asked_ = interfaces_.size();
  for (unsigned i = 0; i < items && interfaces_.size() < kMost; ++i) {
    Interface item;
    item.context = in.u16();
    const std::uint8_t syntaxes = in.in.u8();
    in.in.skip(1);
    item.uuid = Uuid::read(in.in, header.little_endian);
    item.major = in.u16();
    item.minor = in.u16();
    in.in.skip(std::size_t{20} * syntaxes);
    if (!in.in.ok()) break;
    item.first_fragment = header.is_first();
    interfaces_.push_back(item);
  }
}

// bind_ack, alter_context_resp:   max xmit, max recv, group (8 bytes); size of the secondary
//   address (2), the address, up to a multiple of 4 from the PDU's start; results (1), 3 reserved;
//   then each result (2), reason (2), transfer syntax (20)
void Bindings::acknowledge(const Header& header, Bytes body) {
  OrderedCursor in{ByteCursor(body), header.little_endian};
  in.in.skip(8);
  const std::uint16_t address_size = in.u16();
  const std::size_t behind = 10u + address_size;
  in.in.skip(address_size + (4 - behind % 4) % 4);
  const std::uint8_t results = in.in.u8();
  in.in.skip(3);
  for (unsigned i = 0; i < results && asked_ + i < interfaces_.size(); ++i) {
    const std::uint16_t result = in.u16();
    in.in.skip(2 + 20);
    if (!in.in.ok()) break;
    interfaces_[asked_ + i].result = result;
  }
}

std::vector<Interface> Bindings::of_context(std::uint16_t context) const {
  for (std::size_t i = interfaces_.size(); i-- > 0;) {
    if (interfaces_[i].context == context && interfaces_[i].is_accepted()) return {interfaces_[i]};
  }
  return {};
}

void Exchange::add_stub(Side& side, Bytes bytes, std::size_t most) {
  const std::size_t room = most - std::min(most, side.stub.size());
  bytes = bytes.first(std::min(bytes.size(), room));
  side.stub.insert(side.stub.end(), bytes.begin(), bytes.end());
}

// request:   allocation hint (4 bytes), context id (2), operation (2), stub data
bool Exchange::take_request(const Header& header, Bytes body, const Bindings& bindings,
                            std::size_t most_stub) {
  OrderedCursor in{ByteCursor(body), header.little_endian};
  in.u32();
  const std::uint16_t of_context = in.u16();
  const std::uint16_t operation = in.u16();
  if (!in.in.ok()) return false;
  if (to_server.fragments == 0) {
    has_request = true;
    request = PduType::kRequest;
    call_id = header.call_id;
    context = of_context;
    opnum = operation;
    interfaces = bindings.of_context(context);
  }
  little_endian = header.little_endian;
  ++to_server.fragments;
  add_stub(to_server, in.in.rest(), most_stub);
  if (header.is_last()) to_server.is_done = true;
  return true;
}

void Exchange::take_response(const Header& header, Bytes body, std::size_t most_stub) {
  has_response = true;
  response = PduType::kResponse;
  call_id = header.call_id;
  little_endian = header.little_endian;
  ++to_client.fragments;
  add_stub(to_client, body, most_stub);
  if (header.is_last()) to_client.is_done = true;
}

}  // namespace culvert::dcerpc
