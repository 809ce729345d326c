#include "protocols/dns/dns_record_json.h"

#include <algorithm>
#include <charconv>

#include "base/byte_cursor.h"
#include "net/address.h"
#include "protocols/dns/dns_types.h"

namespace culvert::dns {
namespace {

template <class T>
void put(JsonWriter& json, std::string_view key, const T& value) {
  if (key.empty()) {
    json.item(value);
  } else {
    json.field(key, value);
  }
}

void begin_object(JsonWriter& json, std::string_view key) {
  if (key.empty()) {
    json.begin_object();
  } else {
    json.begin_object(key);
  }
}

/// A name within an object of record data. Returns where it ends.
std::size_t write_inner_name(const Message& message, std::size_t offset, std::string_view key,
                             std::string_view key_truncated, JsonWriter& json) {
  NameText text;
  const NameResult name = message.name(offset, text);
  json.field(key, text.bytes());
  if (name.cut) json.field(key_truncated, true);
  return name.end;
}

void write_soa(const Message& message, const Record& record, JsonWriter& json) {
  std::size_t at = write_inner_name(message, record.data, "mname", "mname_truncated", json);
  at = write_inner_name(message, at, "rname", "rname_truncated", json);
  ByteCursor in(message.bytes().subspan(at));
  for (const char* key : {"serial", "refresh", "retry", "expire", "minimum"}) {
    json.field(key, in.u32());
  }
}

void write_srv(const Message& message, const Record& record, JsonWriter& json) {
  ByteCursor in(message.data(record));
  for (const char* key : {"priority", "weight", "port"}) json.field(key, in.u16());
  write_inner_name(message, record.data + 6u, "name", "name_truncated", json);
}

/// "fingerprint": "00:01:ff". Of any length that record data can have, piece by piece.
void write_sshfp(const Message& message, const Record& record, JsonWriter& json) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  ByteCursor in(message.data(record));
  const std::uint8_t algorithm = in.u8();
  const std::uint8_t type = in.u8();
  // SHA-512 has 64 bytes; what is longer is no fingerprint, and cut.
  constexpr std::size_t kMaxBytes = 64;
  char text[kMaxBytes * 3];
  std::size_t size = 0;
  for (const std::byte b : in.rest().first(std::min(in.size(), kMaxBytes))) {
    const auto value = std::to_integer<unsigned>(b);
    if (size > 0) text[size++] = ':';
    text[size++] = kHexDigits[value >> 4];
    text[size++] = kHexDigits[value & 15];
  }
  json.field("fingerprint", std::string_view(text, size));
  json.field("algo", algorithm);
  json.field("type", type);
}

/// IPv4 or IPv6 by the size of the data, whatever the type says; empty when it is neither.
void write_address(Bytes bytes, std::string_view key, JsonWriter& json) {
  if (bytes.size() != 4 && bytes.size() != 16) {
    put(json, key, std::string_view());
  } else if (key.empty()) {
    json.item_address(IpAddress::from_bytes(bytes));
  } else {
    json.field_address(key, IpAddress::from_bytes(bytes));
  }
}

void write_object(const Message& message, const Record& record, std::string_view key,
                  JsonWriter& json) {
  begin_object(json, key);
  if (record.type == kTypeSoa) write_soa(message, record, json);
  if (record.type == kTypeSrv) write_srv(message, record, json);
  if (record.type == kTypeSshfp) write_sshfp(message, record, json);
  json.end_object();
}

}  // namespace

TypeText::TypeText(std::uint16_t type, Case letters) {
  const std::string_view name = type_name(type);
  if (name.empty()) {
    size_ = static_cast<std::size_t>(std::to_chars(text_, text_ + sizeof text_, type).ptr - text_);
    return;
  }
  for (const char c : name) {
    const bool lower = letters == Case::kLower && c >= 'A' && c <= 'Z';
    text_[size_++] = lower ? static_cast<char>(c + 32) : c;
  }
}

DataForm form_of(std::uint16_t type) {
  switch (type) {
    case kTypeA:
    case kTypeAaaa:
      return DataForm::kAddress;
    case kTypeNs:
    case kTypeCname:
    case kTypePtr:
    case kTypeMx:
      return DataForm::kName;
    case kTypeNull:
      return DataForm::kBytes;
    case kTypeTxt:
      return DataForm::kTexts;
    case kTypeSoa:
    case kTypeSrv:
    case kTypeSshfp:
      return DataForm::kObject;
    case kTypeOpt:
      return DataForm::kOptions;
    default:
      return DataForm::kNone;
  }
}

bool write_name(const Message& message, std::size_t offset, std::string_view key,
                JsonWriter& json) {
  NameText text;
  const NameResult name = message.name(offset, text);
  put(json, key, text.bytes());
  return name.cut;
}

bool write_value(const Message& message, const Record& record, std::string_view key,
                 JsonWriter& json) {
  const Bytes data = message.data(record);
  switch (form_of(record.type)) {
    case DataForm::kAddress:
      write_address(data, key, json);
      return false;
    case DataForm::kName:
      if (!data.empty()) {
        return write_name(message, record.data + (record.type == kTypeMx ? 2u : 0u), key, json);
      }
      put(json, key, std::string_view());
      return false;
    case DataForm::kObject:
      write_object(message, record, key, json);
      return false;
    case DataForm::kBytes:
    case DataForm::kTexts:
    case DataForm::kOptions:
    case DataForm::kNone:
      put(json, key, data);
      return false;
  }
  return false;
}

void write_options(const Message& message, const Record& record, std::string_view key,
                   JsonWriter& json) {
  ByteCursor in(message.data(record));
  json.begin_array(key);
  while (!in.empty()) {
    const std::uint16_t code = in.u16();
    const Bytes data = in.take(in.u16());
    if (!in.ok()) break;
    json.begin_object();
    json.field("code", code);
    json.field_hex("data", data);
    json.end_object();
  }
  json.end_array();
}

}  // namespace culvert::dns
