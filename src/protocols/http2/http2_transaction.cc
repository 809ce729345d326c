#include "protocols/http2/http2_transaction.h"

#include "rule/value.h"

namespace culvert::http2 {
namespace {

/// Memory of a body that a transaction keeps for the next one.
constexpr std::size_t kKeptBodyBytes = 64 * 1024;

template <class Equal>
std::string_view find_value(const std::vector<Field>& fields, Equal&& is_it) {
  for (const Field& field : fields) {
    if (!field.is_size_update() && is_it(field.name)) {
      return field.value.data() == nullptr ? std::string_view("") : field.value;
    }
  }
  return {};
}

}  // namespace

std::string_view Message::value_of(std::string_view name) const {
  return find_value(fields, [&](auto other) { return equals_ignoring_case(other, name); });
}

std::string_view Message::exact_value_of(std::string_view name) const {
  return find_value(fields, [&](auto other) { return other == name; });
}

void Http2Transaction::clear() {
  for (Message& message : messages) {
    message.fields.clear();
    message.settings.clear();
    message.windows.clear();
    message.body.clear(kKeptBodyBytes);
    message.decoder.reset();
    Message fresh;
    fresh.fields = std::move(message.fields);
    fresh.settings = std::move(message.settings);
    fresh.windows = std::move(message.windows);
    fresh.body = std::move(message.body);
    message = std::move(fresh);
  }
  arena.clear();
  field_bytes = 0;
  stream = 0;
  is_global = upgraded = false;
  authority = host = {};
  dns_messages = {};
  static_cast<Transaction&>(*this) = Transaction{};
}

}  // namespace culvert::http2
