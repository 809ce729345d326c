// Record data as JSON, in the forms that DNS and mDNS records of EVE share. Values go under a key
// of the open object, or with an empty key into the open array.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "event/json_writer.h"
#include "protocols/dns/dns_message.h"

namespace culvert::dns {

/// "A", or the number for a type without a name; "a" in lower case.
class TypeText {
 public:
  enum class Case { kUpper, kLower };
  explicit TypeText(std::uint16_t type, Case letters = Case::kUpper);
  std::string_view view() const { return {text_, size_}; }

 private:
  char text_[16] = {};  // the longest is "NSEC3PARAM"
  std::size_t size_ = 0;
};

/// How the data of a record type is printed.
enum class DataForm {
  kNone,     ///< not at all
  kAddress,  ///< these are one text
  kName,
  kBytes,
  kTexts,    ///< several texts: TXT
  kObject,   ///< SOA, SRV, SSHFP
  kOptions,  ///< a list of objects: OPT
};
DataForm form_of(std::uint16_t type);

/// The text of a name. Returns whether it had to be cut.
bool write_name(const Message& message, std::size_t offset, std::string_view key, JsonWriter& json);
/// Data that is one text or one object. Returns whether a text had to be cut; an object says so
/// itself.
bool write_value(const Message& message, const Record& record, std::string_view key,
                 JsonWriter& json);
/// The list of an OPT record's options: [{"code": 10, "data": "57af"}].
void write_options(const Message& message, const Record& record, std::string_view key,
                   JsonWriter& json);

/// Calls write(Bytes) with each string of a TXT record.
template <class Write>
void for_each_text(const Message& message, const Record& record, Write&& write) {
  Bytes rest = message.data(record);
  while (!rest.empty()) {
    const auto size = std::to_integer<std::size_t>(rest[0]);
    rest = rest.subspan(1);
    if (size > rest.size()) return;
    write(rest.first(size));
    rest = rest.subspan(size);
  }
}

}  // namespace culvert::dns
