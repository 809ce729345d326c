// JSON written straight into memory: no tree, no temporary strings. One object of this kind is used
// for all records of a worker; its memory grows to the largest record and stays.
//
//   json.begin_object();
//   json.field("event_type", "dns");
//   json.begin_object("dns");  json.field("id", 1u);  json.end_object();
//   json.end_object();                       // {"event_type":"dns","dns":{"id":1}}
//
// Commas need no state: one is due unless the last character opened something.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/decimal.h"
#include "event/json_text.h"
#include "event/text_buffer.h"
#include "event/time_text.h"
#include "net/address.h"

namespace culvert {

class JsonWriter {
 public:
  explicit JsonWriter(std::size_t capacity = 64 * 1024) : out_(capacity) {}

  /// Starts anew.
  void clear() { out_.clear(); }
  /// Valid until the next call that writes.
  std::string_view text() const { return out_.text(); }
  std::size_t size() const { return out_.size(); }

  // Objects and arrays, as an item of an array (or the whole) and as a field.
  void begin_object() { open('{'); }
  void begin_object(std::string_view key) { name(key), out_.push_back('{'); }
  void end_object() { out_.push_back('}'); }
  void begin_array() { open('['); }
  void begin_array(std::string_view key) { name(key), out_.push_back('['); }
  void end_array() { out_.push_back(']'); }

  // Fields of the open object. Keys are ours and need no escapes; those that come from traffic go
  // through wire_field().
  [[gnu::always_inline]] void field(std::string_view key, std::string_view value) {
    name(key), write_string(value);
  }
  void field(std::string_view key, const char* value) { field(key, std::string_view(value)); }
  [[gnu::always_inline]] void field(std::string_view key, bool value) {
    name(key), write_bool(value);
  }
  template <std::integral T>
  requires(!std::same_as<T, bool>)
      [[gnu::always_inline]] void field(std::string_view key, T value) {
    name(key);
    write_number(value);
  }
  /// Bytes that are mostly text; how the others are printed: json_text.h.
  void field(std::string_view key, Bytes value) { field(key, as_text(value)); }
  /// What is not UTF-8 as U+FFFD.
  void field_lossy(std::string_view key, std::string_view value) {
    name(key);
    quoted([&] { append_json_lossy(out_, value); });
  }
  /// Always with a fraction or exponent; null when JSON has no word for it.
  void field_double(std::string_view key, double value) { name(key), write_double(value); }
  /// A value that is JSON already, without line breaks.
  void field_json(std::string_view key, std::string_view json) { name(key), out_.append(json); }
  void field_null(std::string_view key) { name(key), out_.append("null"); }
  void field_hex(std::string_view key, Bytes value) {
    name(key);
    quoted([&] { append_hex(out_, value); });
  }
  void field_base64(std::string_view key, Bytes value) {
    name(key);
    quoted([&] { append_base64(out_, value); });
  }
  /// Bytes 0x20..0x7e, CR and LF as they are, anything else as a full stop, as `payload_printable`.
  void field_printable(std::string_view key, Bytes value) {
    name(key);
    quoted([&] { append_json_printable(out_, value); });
  }
  void field_address(std::string_view key, const IpAddress& value) {
    name(key), write_address(value);
  }
  /// "2026-11-21T06:30:22.123456+0000", local time.
  void field_time(std::string_view key, Timestamp value) {
    name(key);
    quoted([&] { out_.append(time_.iso(value)); });
  }
  /// A value that is JSON already.
  void field_raw(std::string_view key, std::string_view json) { name(key), out_.append(json); }
  /// A field whose name is any bytes, too.
  void wire_field(std::string_view key, std::string_view value) {
    comma();
    write_string(key);
    out_.push_back(':');
    write_string(value);
  }

  // Items of the open array.
  void item(std::string_view value) { comma(), write_string(value); }
  void item(const char* value) { item(std::string_view(value)); }
  void item(Bytes value) { item(as_text(value)); }
  void item_lossy(std::string_view value) {
    comma();
    quoted([&] { append_json_lossy(out_, value); });
  }
  void item(bool value) { comma(), write_bool(value); }
  template <std::integral T>
  requires(!std::same_as<T, bool>) void item(T value) {
    comma();
    write_number(value);
  }
  void item_address(const IpAddress& value) { comma(), write_address(value); }
  void item_base64(Bytes value) {
    comma();
    quoted([&] { append_base64(out_, value); });
  }
  void item_raw(std::string_view json) { comma(), out_.append(json); }

  /// A place to go back to: rollback(mark()) undoes what was written between the two, which must be
  /// whole fields or items.
  struct Mark {
    std::size_t size;
  };
  Mark mark() const { return {out_.size()}; }
  void rollback(Mark mark) { out_.truncate(mark.size); }
  /// Whether the object or array that was begun last is still empty.
  bool is_empty() const { return out_.size() > 0 && opens(out_.back()); }

  /// The worker's times, for lines of text logs too.
  TimeText& time_text() { return time_; }

 private:
  static bool opens(char c) { return c == '{' || c == '['; }
  void comma() {
    if (out_.size() > 0 && !opens(out_.back()) && out_.back() != ':') out_.push_back(',');
  }
  /// Inlined where the key is a literal: its size is then known, and it is stored in a move or two.
  [[gnu::always_inline]] void name(std::string_view key) {
    char* to = out_.room(key.size() + 4);
    char* const begin = to;
    if (out_.size() > 0 && !opens(out_.back())) *to++ = ',';
    *to++ = '"';
    std::memcpy(to, key.data(), key.size());
    to += key.size();
    *to++ = '"';
    *to++ = ':';
    out_.advance(static_cast<std::size_t>(to - begin));
  }
  void open(char bracket) {
    comma();
    out_.push_back(bracket);
  }
  template <class Write>
  void quoted(Write&& write) {
    out_.push_back('"');
    write();
    out_.push_back('"');
  }
  void write_bool(bool value) { out_.append(value ? "true" : "false"); }
  template <std::integral T>
  void write_number(T value) {
    char* const begin = out_.room(1 + kMaxDecimalSize);
    char* to = begin;
    auto magnitude = static_cast<std::uint64_t>(value);
    if constexpr (std::is_signed_v<T>) {
      if (value < 0) {
        *to++ = '-';
        magnitude = -magnitude;
      }
    }
    out_.advance(static_cast<std::size_t>(put_decimal(to, magnitude) - begin));
  }
  void write_string(std::string_view value);
  void write_double(double value);
  void write_address(const IpAddress& value) {
    quoted([&] {
      char* const begin = out_.room(IpAddress::kMaxTextSize);
      out_.advance(static_cast<std::size_t>(value.format_full(begin) - begin));
    });
  }

  TextBuffer out_;
  TimeText time_;
};

}  // namespace culvert
