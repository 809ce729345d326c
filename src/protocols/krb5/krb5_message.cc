#include "protocols/krb5/krb5_message.h"

#include "protocols/asn1/ber_reader.h"

namespace culvert::krb5 {
namespace {

constexpr std::uint8_t kGeneralString = 0x1b, kApplication = 0x60, kField = 0xa0;
constexpr std::uint8_t kTicketTag = kApplication | 1;

/// on_field(number, BerReader content) gets each field of a SEQUENCE. False: malformed.
template <class OnField>
bool for_each_field(BerReader sequence, OnField&& on_field) {
  BerReader fields = sequence.inside(kBerSequence);
  bool good = sequence.ok();
  while (good && fields.ok() && !fields.empty()) {
    const BerElement field = fields.next();
    if (!fields.ok()) break;
    const bool is_field = (field.tag & 0xe0u) == kField;
    good = is_field && on_field(static_cast<unsigned>(field.tag & 0x1fu), BerReader(field.content));
  }
  return good && fields.ok();
}

bool read(BerReader in, std::optional<std::int32_t>& number) {
  number = static_cast<std::int32_t>(in.number());
  return in.ok();
}

bool read(BerReader in, std::optional<std::string_view>& text) {
  text = as_text(in.content(kGeneralString));
  return in.ok();
}

bool read(BerReader in, std::optional<Principal>& principal) {
  principal.emplace();
  return for_each_field(in, [&](unsigned number, BerReader content) {
    if (number != 1) return true;  // what kind of name it is
    BerReader names = content.inside(kBerSequence);
    while (names.ok() && !names.empty() && principal->parts.size() < Principal::kMostParts) {
      const std::string_view part = as_text(names.content(kGeneralString));
      if (names.ok()) principal->parts.push_back(part);
    }
    return content.ok() && names.ok();
  });
}

/// EncryptedData: [0] type.
bool read_encryption(BerReader in, std::optional<std::int32_t>& type) {
  return for_each_field(
      in, [&](unsigned number, BerReader content) { return number != 0 || read(content, type); });
}

bool read_request(BerReader in, Message& message) {
  return for_each_field(in, [&](unsigned number, BerReader content) {
    if (number != 4) return true;
    return for_each_field(content, [&](unsigned part, BerReader value) {
      if (part == 1) return read(value, message.client);
      if (part == 2) return read(value, message.realm);
      return part != 3 || read(value, message.server);
    });
  });
}

bool read_ticket(BerReader in, Message& message) {
  BerReader ticket = in.inside(kTicketTag);
  return in.ok() && for_each_field(ticket, [&](unsigned number, BerReader content) {
           if (number == 2) return read(content, message.server);
           return number != 3 || read_encryption(content, message.ticket_encryption);
         });
}

bool read_reply(BerReader in, Message& message) {
  return for_each_field(in, [&](unsigned number, BerReader content) {
    if (number == 3) return read(content, message.realm);
    if (number == 4) return read(content, message.client);
    if (number == 5) return read_ticket(content, message);
    return number != 6 || read_encryption(content, message.encryption);
  });
}

bool read_error(BerReader in, Message& message) {
  return for_each_field(in, [&](unsigned number, BerReader content) {
    if (number == 6) return read(content, message.error);
    if (number == 7) return read(content, message.realm);
    if (number == 8) return read(content, message.client);
    return number != 10 || read(content, message.server);
  });
}

}  // namespace

std::optional<Message> Message::parse(Bytes bytes) {
  BerReader in(bytes);
  const BerElement element = in.next();
  if (!in.ok()) return std::nullopt;
  Message message;
  message.type = static_cast<MessageType>(element.tag - kApplication);
  const BerReader content(element.content);
  bool good = false;
  switch (message.type) {
    case MessageType::kAsReq:
    case MessageType::kTgsReq:
      good = read_request(content, message);
      break;
    case MessageType::kAsRep:
    case MessageType::kTgsRep:
      good = read_reply(content, message);
      break;
    case MessageType::kError:
      good = read_error(content, message);
      break;
  }
  if (!good) return std::nullopt;
  return message;
}

}  // namespace culvert::krb5
