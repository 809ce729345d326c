#include "protocols/pgsql/pgsql_messages.h"

#include <algorithm>

namespace culvert::pgsql {
namespace {

constexpr std::size_t kMostFields = 64;

/// Names that EVE spells its own way.
std::string_view eve_name_of_parameter(std::string_view name) {
  if (name == "DateStyle") return "date_style";
  if (name == "IntervalStyle") return "interval_style";
  return name == "TimeZone" ? "time_zone" : name;
}

/// By the code of an error's field ("Error and Notice Message Fields").
std::string_view eve_name_of_error_field(char code) {
  switch (code) {
    case 'S':
      return "severity_localizable";
    case 'V':
      return "severity_non_localizable";
    case 'C':
      return "code";
    case 'M':
      return "message";
    case 'D':
      return "detail";
    case 'H':
      return "hint";
    case 'P':
      return "position";
    case 'p':
      return "internal_position";
    case 'q':
      return "internal_query";
    case 'W':
      return "where";
    case 's':
      return "schema_name";
    case 't':
      return "table_name";
    case 'c':
      return "column_name";
    case 'd':
      return "data_type";
    case 'n':
      return "constraint_name";
    case 'F':
      return "file";
    case 'L':
      return "line";
    case 'R':
      return "routine";
    default:
      return "unknown_field_type";
  }
}

}  // namespace

std::string_view take_text(ByteCursor& in) {
  const std::string_view rest = as_text(in.rest());
  const std::size_t end = rest.find('\0');
  if (end == rest.npos) {
    in.skip(rest.size());
    return rest;
  }
  in.skip(end + 1);
  return rest.substr(0, end);
}

bool read_startup(ByteCursor in, PgsqlTransaction& tx) {
  while (!in.empty() && tx.request.parameters.size() < kMostFields) {
    const std::string_view name = take_text(in);
    if (name.empty()) return true;
    if (in.empty()) return false;
    const std::string_view value = take_text(in);
    if (name == "user" && tx.request.user.empty()) {
      tx.request.user = tx.arena.copy(value);
    } else {
      tx.request.parameters.emplace_back(tx.arena.copy(name), tx.arena.copy(value));
    }
  }
  return !in.empty();
}

bool read_sasl_initial(const RawMessage& message, PgsqlTransaction& tx) {
  ByteCursor in(message.body);
  tx.request.mechanism = tx.arena.copy(take_text(in));
  in.skip(4);  // length of what follows, or -1
  tx.request.text = tx.arena.copy(as_text(in.rest()));
  return in.ok();
}

bool read_error(const RawMessage& message, PgsqlTransaction& tx) {
  ByteCursor in(message.body);
  while (in.ok() && !in.empty() && tx.response.error_fields.size() < kMostFields) {
    const char code = static_cast<char>(in.u8());
    if (code == '\0') return true;
    const std::string_view value = take_text(in);
    tx.response.error_fields.emplace_back(eve_name_of_error_field(code), tx.arena.copy(value));
  }
  return false;
}

bool read_parameter(const RawMessage& message, PgsqlTransaction& tx) {
  ByteCursor in(message.body);
  const std::string_view name = take_text(in);
  if (in.empty()) return false;
  const std::string_view value = take_text(in);
  tx.response.parameters.emplace_back(tx.arena.copy(eve_name_of_parameter(name)),
                                      tx.arena.copy(value));
  return true;
}

Columns read_row_description(const RawMessage& message) {
  constexpr std::size_t kNumbersSize = 18;  // behind the name of each column
  ByteCursor in(message.body);
  Columns columns{.count = in.u16()};
  for (std::uint16_t i = 0; i < columns.count && in.ok(); ++i) {
    take_text(in);
    in.skip(kNumbersSize);
  }
  columns.is_malformed = message.is_whole() && (!in.ok() || !in.empty());
  return columns;
}

std::optional<Columns> read_copy_columns(const RawMessage& message) {
  ByteCursor in(message.body);
  in.skip(1);  // whether it is binary
  Columns columns{.count = in.u16()};
  if (!in.ok()) return std::nullopt;
  columns.is_malformed = message.size != 3 + std::uint64_t{2} * columns.count;
  if (columns.is_malformed) columns.count = 0;
  return columns;
}

bool read_row(const RawMessage& message, PgsqlTransaction& tx) {
  ByteCursor in(message.body);
  const std::uint16_t count = in.u16();
  std::uint64_t size = 0;
  for (std::uint16_t i = 0; i < count && in.ok(); ++i) {
    const std::uint32_t value_size = in.u32();
    if (value_size == 0xffffffff) continue;  // NULL
    in.skip(value_size);
    size += value_size;
  }
  ++tx.data_messages;
  if (!message.is_whole()) {
    tx.data_bytes += message.size - 2 - std::uint64_t{4} * std::min<std::uint64_t>(count, 4096);
    return true;
  }
  if (!in.ok() || !in.empty()) return false;
  tx.data_bytes += size;
  return true;
}

}  // namespace culvert::pgsql
