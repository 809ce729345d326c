#include "protocols/smtp/smtp_eve.h"

#include <openssl/evp.h>

#include <array>
#include <string_view>

#include "event/json_writer.h"
#include "protocols/smtp/smtp_types.h"

namespace culvert::smtp {
namespace {

/// How a header is written: as it is, as the list of its addresses, or each field of that name.
enum class Shape : std::uint8_t { kText, kAddresses, kAll };

/// Headers that are written when `custom` asks for them, in the order of the record.
struct CustomField {
  std::string_view header;  ///< also its name in the configuration
  std::string_view key;
  Shape shape = Shape::kText;
};
constexpr CustomField kCustomFields[] = {
    {"reply-to", "reply_to"},
    {"bcc", "bcc", Shape::kAddresses},
    {"message-id", "message_id"},
    {"subject", "subject"},
    {"x-mailer", "x_mailer"},
    {"user-agent", "user_agent"},
    {"received", "received", Shape::kAll},
    {"x-originating-ip", "x_originating_ip"},
    {"in-reply-to", "in_reply_to"},
    {"references", "references"},
    {"importance", "importance"},
    {"priority", "priority"},
    {"sensitivity", "sensitivity"},
    {"organization", "organization"},
    {"content-md5", "content_md5"},
    {"date", "date"},
};

struct EveOptions final : EveOptionsBase {
  std::uint32_t custom = 0;  ///< bit: index into kCustomFields
  bool subject_md5 = false, body_md5 = false;
};

void write_list(std::string_view key, const std::vector<std::string_view>& items,
                JsonWriter& json) {
  if (items.empty()) return;
  json.begin_array(key);
  for (const std::string_view text : items) json.item_lossy(text);
  json.end_array();
}

void write_addresses(const mime::MimeMessage& mail, std::string_view header, std::string_view key,
                     JsonWriter& json) {
  const mime::Header* const field = mail.find(header);
  if (field == nullptr) return;
  const JsonWriter::Mark mark = json.mark();
  json.begin_array(key);
  std::string_view rest = field->value;
  while (const auto address = mime::take_address(rest)) json.item_lossy(*address);
  if (json.is_empty()) {
    json.rollback(mark);
  } else {
    json.end_array();
  }
}

void write_custom(const mime::MimeMessage& mail, const CustomField& field, JsonWriter& json) {
  const mime::Header* const first = mail.find(field.header);
  if (first == nullptr) return;
  switch (field.shape) {
    case Shape::kText:
      json.field_lossy(field.key, first->value);
      break;
    case Shape::kAddresses:
      write_addresses(mail, field.header, field.key, json);
      break;
    case Shape::kAll:
      json.begin_array(field.key);
      for (const mime::Header& header : mail.headers) {
        if (mime::equals_ignoring_case(header.name, field.header)) json.item_lossy(header.value);
      }
      json.end_array();
      break;
  }
}

/// The envelope; nothing of it: no object.
void write_smtp(const SmtpTransaction& tx, JsonWriter& json) {
  json.begin_object("smtp");
  if (tx.helo) json.field("helo", *tx.helo);
  if (tx.mail_from) json.field("mail_from", *tx.mail_from);
  if (!tx.rcpt_to.empty()) {
    json.begin_array("rcpt_to");
    for (const std::string_view recipient : tx.rcpt_to) json.item(recipient);
    json.end_array();
  }
  json.end_object();
}

void write_email(const mime::MimeMessage& mail, const EveOptions* options, JsonWriter& json) {
  if (!mail.begun) return;
  json.begin_object("email");
  if (const mime::Header* const from = mail.find("from")) json.field_lossy("from", from->value);
  write_addresses(mail, "to", "to", json);
  write_addresses(mail, "cc", "cc", json);
  json.field("status", "PARSE_DONE");
  write_list("attachment", mail.attachments, json);
  if (!mail.urls.empty()) {
    json.begin_array("url");
    for (auto url = mail.urls.rbegin(); url != mail.urls.rend(); ++url) json.item_lossy(*url);
    json.end_array();
  }
  if (options != nullptr) {
    for (std::size_t i = 0; i < std::size(kCustomFields); ++i) {
      if ((options->custom >> i & 1) != 0) write_custom(mail, kCustomFields[i], json);
    }
    const mime::Header* const subject = mail.find("subject");
    if (options->subject_md5 && subject != nullptr) {
      std::array<std::byte, EVP_MAX_MD_SIZE> digest;
      unsigned size = 0;
      EVP_Digest(subject->value.data(), subject->value.size(),
                 reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_md5(), nullptr);
      json.field_hex("subject_md5", Bytes(digest).first(size));
    }
    if (options->body_md5 && mail.has_body_md5) json.field_hex("body_md5", mail.body_md5);
  }
  json.end_object();
}

}  // namespace

std::unique_ptr<EveOptionsBase> parse_eve_options(const ConfigNode* node, Complaints&) {
  auto options = std::make_unique<EveOptions>();
  if (node == nullptr) return options;
  for (const std::string& name : node->texts("custom")) {
    for (std::size_t i = 0; i < std::size(kCustomFields); ++i) {
      if (mime::equals_ignoring_case(name, kCustomFields[i].header)) options->custom |= 1u << i;
    }
  }
  for (const std::string& name : node->texts("md5")) {
    options->subject_md5 = options->subject_md5 || name == "subject";
    options->body_md5 = options->body_md5 || name == "body";
  }
  (void)node->find("extended");  // says nothing that `custom` does not
  return options;
}

bool write_eve(const Flow&, const Transaction& transaction, Direction,
               const EveOptionsBase* options, JsonWriter& json) {
  const auto& tx = static_cast<const SmtpTransaction&>(transaction);
  json.field("tx_id", tx.id);
  write_smtp(tx, json);
  write_email(tx.mail, static_cast<const EveOptions*>(options), json);
  return true;
}

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const SmtpTransaction&>(transaction);
  write_smtp(tx, json);
  write_email(tx.mail, nullptr, json);
}

constinit const EveLogger kSmtpLoggers[1] = {{.event_type = "smtp",
                                              .parse_options = parse_eve_options,
                                              .to_server_progress = kComplete,
                                              .to_client_progress = kComplete,
                                              .write = write_eve}};

}  // namespace culvert::smtp
