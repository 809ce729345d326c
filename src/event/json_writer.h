// JSON written straight into memory: no tree, no temporary strings. One object of this kind is used for
// all records of a worker; its memory grows to the largest record and stays.
//
//   json.begin_object();
//   json.field("event_type", "dns");
//   json.begin_object("dns");  json.field("id", 1u);  json.end_object();
//   json.end_object();                       // {"event_type":"dns","dns":{"id":1}}
#pragma once

#include <cassert>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "net/address.h"

namespace culvert {

class JsonWriter {
 public:
  JsonWriter() { out_.reserve(4096); }

  /// Starts anew.
  void clear() {
    out_.clear();
    need_comma_ = false;
  }
  std::string_view text() const { return out_; }
  std::size_t size() const { return out_.size(); }

  // Objects and arrays, as an item of an array (or the whole) and as a field.
  void begin_object() { open('{'); }
  void begin_object(std::string_view key) { name(key), open_value('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void begin_array(std::string_view key) { name(key), open_value('['); }
  void end_array() { close(']'); }

  // Fields of the open object. Keys are ours and need no escapes.
  void field(std::string_view key, std::string_view value) { name(key), write_string(value); }
  void field(std::string_view key, const char* value) { field(key, std::string_view(value)); }
  void field(std::string_view key, bool value) { name(key), write_bool(value); }
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  void field(std::string_view key, T value) {
    name(key);
    write_number(value);
  }
  /// Bytes that are mostly text; see write_string().
  void field(std::string_view key, Bytes value) { field(key, as_text(value)); }
  void field_double(std::string_view key, double value) { name(key), write_double(value); }
  void field_null(std::string_view key) { name(key), out_ += "null"; }
  void field_hex(std::string_view key, Bytes value) { name(key), write_hex(value); }
  void field_base64(std::string_view key, Bytes value) { name(key), write_base64(value); }
  /// Bytes 0x20..0x7e, CR and LF as they are, anything else as a full stop, as `payload_printable`.
  void field_printable(std::string_view key, Bytes value) { name(key), write_printable(value); }
  void field_address(std::string_view key, const IpAddress& value) {
    name(key), write_address(value);
  }
  /// "2026-11-21T06:30:22.123456+0000", local time.
  void field_time(std::string_view key, Timestamp value) { name(key), write_time(value); }
  /// A value that is JSON already.
  void field_raw(std::string_view key, std::string_view json) { name(key), out_ += json; }

  // Items of the open array.
  void item(std::string_view value) { comma(), write_string(value); }
  void item(const char* value) { item(std::string_view(value)); }
  void item(Bytes value) { item(as_text(value)); }
  void item(bool value) { comma(), write_bool(value); }
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  void item(T value) {
    comma();
    write_number(value);
  }
  void item_address(const IpAddress& value) { comma(), write_address(value); }

  /// A place to go back to: rollback(mark()) undoes what was written between the two, which must be
  /// whole fields or items.
  struct Mark {
    std::size_t size;
    bool need_comma;
  };
  Mark mark() const { return {out_.size(), need_comma_}; }
  void rollback(Mark mark) {
    out_.resize(mark.size);
    need_comma_ = mark.need_comma;
  }

 private:
  void comma() {
    if (need_comma_) out_ += ',';
    need_comma_ = true;
  }
  void name(std::string_view key) {
    comma();
    out_ += '"';
    out_ += key;
    out_ += "\":";
  }
  void open(char bracket) {
    comma();
    open_value(bracket);
  }
  void open_value(char bracket) {
    out_ += bracket;
    need_comma_ = false;
  }
  void close(char bracket) {
    out_ += bracket;
    need_comma_ = true;
  }
  void write_bool(bool value) { out_ += value ? "true" : "false"; }
  template <std::integral T>
  void write_number(T value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out_.append(digits, end);
  }
  /// Quotes, backslashes and control characters are escaped; bytes that are not UTF-8 become
  /// "\\xNN" (an escaped backslash), so that the result is valid JSON and nothing is lost.
  void write_string(std::string_view value);
  void write_double(double value);
  void write_hex(Bytes value);
  void write_base64(Bytes value);
  void write_printable(Bytes value);
  void write_address(const IpAddress& value);
  void write_time(Timestamp value);

  std::string out_;
  bool need_comma_ = false;
  std::int64_t cached_minute_ = INT64_MIN;
  char cached_prefix_[24] = {};  ///< "2026-11-21T06:30:"
  char cached_zone_[8] = {};     ///< "+0000"
};

}  // namespace culvert
