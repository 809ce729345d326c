#include "protocols/smtp/smtp_buffers.h"

#include "protocols/smtp/smtp_types.h"

namespace culvert::smtp {
namespace {

const SmtpTransaction& smtp(const BufferRequest& request) {
  return static_cast<const SmtpTransaction&>(request.transaction);
}

std::optional<Bytes> text(const std::optional<std::string_view>& value) {
  if (!value) return std::nullopt;
  return as_bytes(*value);
}
std::optional<Bytes> item(const std::vector<std::string_view>& items, std::uint32_t instance) {
  if (instance >= items.size()) return std::nullopt;
  return as_bytes(items[instance]);
}

std::optional<Bytes> get_helo(const BufferRequest& r) { return text(smtp(r).helo); }
std::optional<Bytes> get_mail_from(const BufferRequest& r) { return text(smtp(r).mail_from); }
std::optional<Bytes> get_rcpt_to(const BufferRequest& r) {
  return item(smtp(r).rcpt_to, r.instance);
}
std::optional<Bytes> get_url(const BufferRequest& r) { return item(smtp(r).mail.urls, r.instance); }

constexpr char kFrom[] = "from", kSubject[] = "subject", kTo[] = "to", kCc[] = "cc",
               kDate[] = "date", kMessageId[] = "message-id", kXMailer[] = "x-mailer",
               kReceived[] = "received";

template <const char* kName>
std::optional<Bytes> get_header(const BufferRequest& r) {
  const mime::Header* const header = smtp(r).mail.find(kName, r.instance);
  if (header == nullptr) return std::nullopt;
  return as_bytes(header->value);
}

constexpr AppProto kSmtp = AppProto::kSmtp;
constexpr BufferSide kAny{true, kStarted}, kInMessage{true, kData};

}  // namespace

const BufferSpec kSmtpBuffers[12] = {
    {.name = "smtp.helo",
     .description = "name that the client gives itself with HELO or EHLO",
     .proto = kSmtp,
     .to_server = kAny,
     .to_client = {},
     .get = get_helo},
    {.name = "smtp.mail_from",
     .description = "sender of the envelope: \"<a@example.com>\"",
     .proto = kSmtp,
     .to_server = kAny,
     .to_client = {},
     .get = get_mail_from},
    {.name = "smtp.rcpt_to",
     .description = "each recipient of the envelope",
     .proto = kSmtp,
     .to_server = kAny,
     .to_client = {},
     .get = get_rcpt_to,
     .multi_instance = true},
    {.name = "email.from",
     .description = "header From of the message",
     .proto = kSmtp,
     .to_server = kInMessage,
     .to_client = {},
     .get = get_header<kFrom>},
    {.name = "email.subject",
     .description = "header Subject of the message",
     .proto = kSmtp,
     .to_server = kInMessage,
     .to_client = {},
     .get = get_header<kSubject>},
    {.name = "email.to",
     .description = "header To of the message",
     .proto = kSmtp,
     .to_server = kInMessage,
     .to_client = {},
     .get = get_header<kTo>},
    {.name = "email.cc",
     .description = "header Cc of the message",
     .proto = kSmtp,
     .to_server = kInMessage,
     .to_client = {},
     .get = get_header<kCc>},
    {.name = "email.date",
     .description = "header Date of the message",
     .proto = kSmtp,
     .to_server = kInMessage,
     .to_client = {},
     .get = get_header<kDate>},
    {.name = "email.message_id",
     .description = "header Message-ID of the message",
     .proto = kSmtp,
     .to_server = kInMessage,
     .to_client = {},
     .get = get_header<kMessageId>},
    {.name = "email.x_mailer",
     .description = "header X-Mailer of the message",
     .proto = kSmtp,
     .to_server = kInMessage,
     .to_client = {},
     .get = get_header<kXMailer>},
    {.name = "email.url",
     .description = "each URL in the text of the message",
     .proto = kSmtp,
     .to_server = kInMessage,
     .to_client = {},
     .get = get_url,
     .multi_instance = true},
    {.name = "email.received",
     .description = "each header Received of the message",
     .proto = kSmtp,
     .to_server = kInMessage,
     .to_client = {},
     .get = get_header<kReceived>,
     .multi_instance = true},
};

}  // namespace culvert::smtp
