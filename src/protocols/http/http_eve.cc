#include "protocols/http/http_eve.h"

#include <charconv>
#include <optional>

#include "event/json_writer.h"
#include "protocols/http/http_text.h"
#include "protocols/http/http_transaction.h"

namespace culvert::http1 {
namespace {

/// As C strings are printed: up to a NUL.
std::string_view printed(std::string_view text) { return text.substr(0, text.find('\0')); }

void write_text(std::string_view key, std::string_view value, JsonWriter& json) {
  if (!value.empty()) json.field(key, value);
}

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}
bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// "bytes 1-2/10", "bytes */10", "bytes 1-2/*" (RFC 9110 section 14.4).
void write_content_range(std::string_view value, JsonWriter& json) {
  json.begin_object("content_range");
  json.field("raw", printed(value));
  std::string_view rest = value;
  if (starts_nocase(rest, "bytes")) {
    rest = trim_front(rest.substr(5));
    std::optional<std::uint64_t> start, end, size;
    bool good = take_char(rest, '*');
    if (!good) {
      start = take_number(rest);
      good = start.has_value() && take_char(rest, '-');
      if (good) end = take_number(rest);
      good = good && end.has_value();
    }
    good = good && take_char(rest, '/');
    if (good && !take_char(rest, '*')) {
      size = take_number(rest);
      good = size.has_value();
    }
    if (good) {
      if (start) json.field("start", *start);
      if (end) json.field("end", *end);
      if (size) json.field("size", *size);
    }
  }
  json.end_object();
}

void write_basic(const HttpTransaction& tx, JsonWriter& json) {
  write_text("hostname", tx.host, json);
  const bool has_uri_host = tx.uri_host.data() != nullptr || tx.is_connect;
  if (const std::int32_t port = has_uri_host ? tx.uri_port : tx.host_port; port > 0) {
    json.field("http_port", port);
  }
  write_text("url", tx.raw_uri, json);
  write_text("http_user_agent", tx.request.value_of(Field::kUserAgent), json);
  write_text("xff", tx.request.value_of(Field::kXForwardedFor), json);
  const std::string_view type = tx.response.value_of(Field::kContentType);
  write_text("http_content_type", printed(type.substr(0, type.find(';'))), json);
  if (const Header* const range = tx.response.headers.find(Field::kContentRange)) {
    write_content_range(range->value, json);
  }
}

void write_extended(const HttpTransaction& tx, JsonWriter& json) {
  write_text("http_refer", tx.request.value_of(Field::kReferer), json);
  write_text("http_method", tx.method, json);
  write_text("protocol", tx.request.protocol, json);
  if (tx.status != 0) {
    json.field("status", tx.status);
  } else {
    write_text("status_string", tx.status_text, json);
  }
  write_text("redirect", tx.response.value_of(Field::kLocation), json);
  json.field("length", tx.response.message_bytes);
}

bool is_listed(std::string_view name, const std::vector<std::string>& names) {
  for (const std::string& listed : names) {
    if (equal_nocase(name, listed)) return true;
  }
  return false;
}

void write_headers(std::string_view key, const Message& message, bool all,
                   const std::vector<std::string>& names, JsonWriter& json) {
  constexpr std::size_t kMostBytes = 2047;  // of one name or value
  const JsonWriter::Mark mark = json.mark();
  json.begin_array(key);
  const auto write = [&](const Header& header) {
    if (!all && !is_listed(header.name, names)) return;
    json.begin_object();
    json.field("name", printed(header.name).substr(0, kMostBytes));
    json.field("value", printed(header.value).substr(0, kMostBytes));
    json.end_object();
  };
  for (const Header& header : message.headers) write(header);
  for (const Header& header : message.trailers) write(header);
  if (json.is_empty()) return json.rollback(mark);
  json.end_array();
}

bool write_record(const Flow&, const Transaction& transaction, Direction,
                  const EveOptionsBase* base, JsonWriter& json) {
  const auto& tx = static_cast<const HttpTransaction&>(transaction);
  static const HttpEveOptions kDefaults;
  const auto& options = base == nullptr ? kDefaults : static_cast<const HttpEveOptions&>(*base);
  json.field("tx_id", tx.id);
  json.begin_object("http");
  write_basic(tx, json);
  if (options.extended) write_extended(tx, json);
  if (options.all_request_headers || !options.custom.empty()) {
    write_headers("request_headers", tx.request, options.all_request_headers,
                  options.custom, json);
  }
  if (options.all_response_headers || !options.custom.empty()) {
    write_headers("response_headers", tx.response, options.all_response_headers,
                  options.custom, json);
  }
  json.end_object();
  return true;
}

std::unique_ptr<EveOptionsBase> parse_options(const ConfigNode* node, Complaints& complaints) {
  auto options = std::make_unique<HttpEveOptions>();
  options->extended = false;
  if (node == nullptr || node->is_null()) return options;
  options->extended = node->boolean("extended", false, complaints);
  options->custom = node->texts("custom");
  const std::string dump = node->text("dump-all-headers");
  options->all_request_headers = equal_nocase(dump, "both") || equal_nocase(dump, "request");
  options->all_response_headers = equal_nocase(dump, "both") || equal_nocase(dump, "response");
  return options;
}

}  // namespace

void write_alert_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json) {
  write_alert_bodies(flow, transaction, false, false, json);
}

void write_alert_bodies(const Flow&, const Transaction& transaction, bool bytes, bool text,
                        JsonWriter& json) {
  const auto& tx = static_cast<const HttpTransaction&>(transaction);
  const Bytes request = tx.request.body.bytes(), response = tx.response.body.bytes();
  json.begin_object("http");
  write_basic(tx, json);
  write_extended(tx, json);
  if (text && !request.empty()) json.field_printable("http_request_body_printable", request);
  if (text && !response.empty()) json.field_printable("http_response_body_printable", response);
  if (bytes && !request.empty()) json.field_base64("http_request_body", request);
  if (bytes && !response.empty()) json.field_base64("http_response_body", response);
  json.end_object();
}

std::string_view header_of(const Transaction& transaction, std::string_view name) {
  return static_cast<const HttpTransaction&>(transaction).request.value_of(name);
}

const EveLogger kHttpLoggers[1] = {{.event_type = "http",
                                    .parse_options = parse_options,
                                    .to_server_progress = kRequestComplete,
                                    .to_client_progress = kResponseComplete,
                                    .write = write_record}};

}  // namespace culvert::http1
