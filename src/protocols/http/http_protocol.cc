#include "protocols/http/http_protocol.h"

#include "protocols/http/http_buffers.h"
#include "protocols/http/http_eve.h"
#include "protocols/http/http_keywords.h"
#include "protocols/http/http_parser.h"

namespace culvert::http1 {
namespace {

std::unique_ptr<AppParser> make_parser(const ProtocolContext& context, Flow&) {
  return std::make_unique<HttpParser>(static_cast<const HttpContext&>(context));
}

constexpr ProtocolPattern method(std::string_view word) { return {.bytes = word, .nocase = true}; }
constexpr ProtocolPattern answer(std::string_view word) {
  return {.direction = Direction::kToClient, .bytes = word, .nocase = true};
}

constexpr ProtocolPattern kPatterns[] = {
    method("GET "),          method("POST "),       method("HEAD "),
    method("PUT "),          method("CONNECT "),    method("OPTIONS "),
    method("DELETE "),       method("TRACE "),      method("PATCH "),
    method("PROPFIND "),     method("PROPPATCH "),  method("MKCOL "),
    method("COPY "),         method("MOVE "),       method("LOCK "),
    method("UNLOCK "),       method("CHECKOUT "),   method("UNCHECKOUT "),
    method("CHECKIN "),      method("UPDATE "),     method("LABEL "),
    method("REPORT "),       method("MKWORKSPACE "), method("MKACTIVITY "),
    method("MERGE "),        method("INVALID "),    method("VERSION-CONTROL "),
    method("BASELINE-CONTROL "), method("GET\t"),   method("POST\t"),
    method("HEAD\t"),        method("PUT\t"),       answer("HTTP/1.1"),
    answer("HTTP/1.0"),      answer("HTTP/0.9"),
};

}  // namespace

constinit const ProtocolSpec kHttpProtocol{
    .name = "http",
    .proto = AppProto::kHttp1,
    .patterns = kPatterns,
    .make_context = make_context,
    .make_parser = make_parser,
    .to_server_states = kRequestStates,
    .to_client_states = kResponseStates,
    .events = kEventNames,
    .buffers = kHttpBuffers,
    .frames = kFrameNames,
    .keywords = kHttpKeywords,
    .loggers = kHttpLoggers,
    .write_alert_metadata = write_alert_metadata,
    .write_alert_bodies = write_alert_bodies,
    .header_of = header_of,
    .files = {.to_server = {true, kRequestBody}, .to_client = {true, kResponseBody}},
    .bodies_in_stream = true,
    .alerts_tell_progress = true,
    .events_upper_case = true,
};

}  // namespace culvert::http1
