#include "protocols/sip/sip_buffers.h"

#include "protocols/sip/sip_parser.h"

namespace culvert::sip {
namespace {

const SipTransaction& sip(const BufferRequest& request) {
  return static_cast<const SipTransaction&>(request.transaction);
}

template <std::string_view Message::*kField>
std::optional<Bytes> get_any_text(const BufferRequest& r) {
  const std::string_view text = sip(r).message.*kField;
  if (text.empty()) return std::nullopt;
  return as_bytes(text);
}
/// Of a request, or of a response.
template <std::string_view Message::*kField, bool kOfRequest>
std::optional<Bytes> get_text(const BufferRequest& r) {
  if (sip(r).message.is_request != kOfRequest) return std::nullopt;
  return get_any_text<kField>(r);
}

constexpr char kFrom[] = "from", kTo[] = "to", kVia[] = "via", kUserAgent[] = "user-agent",
               kContentType[] = "content-type", kContentLength[] = "content-length";

template <const char* kName>
std::optional<Bytes> get_header(const BufferRequest& r) {
  const Header* const header = sip(r).message.find(kName, r.instance);
  if (header == nullptr) return std::nullopt;
  return as_bytes(header->value);
}

std::optional<Bytes> text_of_sdp(const Message& message, std::string_view text) {
  if (!message.has_sdp || text.empty()) return std::nullopt;
  return as_bytes(text);
}
template <std::string_view Sdp::*kField>
std::optional<Bytes> get_sdp(const BufferRequest& r) {
  return text_of_sdp(sip(r).message, sip(r).message.sdp.*kField);
}
template <std::vector<std::string_view> Sdp::*kItems>
std::optional<Bytes> get_item(const BufferRequest& r) {
  const auto& items = sip(r).message.sdp.*kItems;
  if (!sip(r).message.has_sdp || r.instance >= items.size()) return std::nullopt;
  return as_bytes(items[r.instance]);
}
/// The `instance`th of those that are there.
template <class Item>
std::optional<Bytes> get_field(const std::vector<Item>& items, std::string_view Item::*field,
                               std::uint32_t instance) {
  for (const Item& item : items) {
    if (!(item.*field).empty() && instance-- == 0) return as_bytes(item.*field);
  }
  return std::nullopt;
}
template <std::string_view SdpTime::*kField>
std::optional<Bytes> get_time(const BufferRequest& r) {
  if (!sip(r).message.has_sdp) return std::nullopt;
  return get_field(sip(r).message.sdp.times, kField, r.instance);
}
template <std::string_view SdpMedia::*kField>
std::optional<Bytes> get_media(const BufferRequest& r) {
  if (!sip(r).message.has_sdp) return std::nullopt;
  return get_field(sip(r).message.sdp.media, kField, r.instance);
}

constexpr AppProto kSip = AppProto::kSip;
// What may be absent; first lines never are, to rules that ask for it.
constexpr BufferSide kSide{true, 0}, kFirstLine{true, 1};

}  // namespace

const BufferSpec kSipBuffers[30] = {
    {.name = "sip.method",
     .description = "method of a request",
     .proto = kSip,
     .to_server = kFirstLine,
     .get = get_text<&Message::method, true>},
    {.name = "sip.uri",
     .description = "URI of a request",
     .proto = kSip,
     .to_server = kFirstLine,
     .get = get_text<&Message::uri, true>},
    {.name = "sip.request_line",
     .description = "first line of a request",
     .proto = kSip,
     .to_server = kFirstLine,
     .get = get_text<&Message::first_line, true>},
    {.name = "sip.stat_code",
     .description = "status code of a response",
     .proto = kSip,
     .to_client = kFirstLine,
     .get = get_text<&Message::code, false>},
    {.name = "sip.stat_msg",
     .description = "reason phrase of a response",
     .proto = kSip,
     .to_client = kFirstLine,
     .get = get_text<&Message::reason, false>},
    {.name = "sip.response_line",
     .description = "first line of a response",
     .proto = kSip,
     .to_client = kFirstLine,
     .get = get_text<&Message::first_line, false>},
    {.name = "sip.protocol",
     .description = "version of the protocol: \"SIP/2.0\"",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_any_text<&Message::version>},
    {.name = "sip.from",
     .description = "header From",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_header<kFrom>,
     .multi_instance = true},
    {.name = "sip.to",
     .description = "header To",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_header<kTo>,
     .multi_instance = true},
    {.name = "sip.via",
     .description = "header Via",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_header<kVia>,
     .multi_instance = true},
    {.name = "sip.user_agent",
     .description = "header User-Agent",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_header<kUserAgent>,
     .multi_instance = true},
    {.name = "sip.content_type",
     .description = "header Content-Type",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_header<kContentType>,
     .multi_instance = true},
    {.name = "sip.content_length",
     .description = "header Content-Length",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_header<kContentLength>,
     .multi_instance = true},
    {.name = "sdp.origin",
     .description = "origin of the session description (o=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_sdp<&Sdp::origin>},
    {.name = "sdp.session_name",
     .description = "session name (s=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_sdp<&Sdp::session_name>},
    {.name = "sdp.session_info",
     .description = "session information (i=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_sdp<&Sdp::session_info>},
    {.name = "sdp.uri",
     .description = "URI of the session description (u=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_sdp<&Sdp::uri>},
    {.name = "sdp.email",
     .description = "e-mail address (e=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_sdp<&Sdp::email>},
    {.name = "sdp.phone_number",
     .description = "phone number (p=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_sdp<&Sdp::phone_number>},
    {.name = "sdp.connection_data",
     .description = "connection data (c=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_sdp<&Sdp::connection_data>},
    {.name = "sdp.timezone",
     .description = "time zones (z=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_sdp<&Sdp::timezone>},
    {.name = "sdp.encryption_key",
     .description = "encryption key (k=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_sdp<&Sdp::encryption_key>},
    {.name = "sdp.bandwidth",
     .description = "each bandwidth (b=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_item<&Sdp::bandwidths>,
     .multi_instance = true},
    {.name = "sdp.attribute",
     .description = "each attribute (a=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_item<&Sdp::attributes>,
     .multi_instance = true},
    {.name = "sdp.time",
     .description = "each time (t=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_time<&SdpTime::time>,
     .multi_instance = true},
    {.name = "sdp.repeat_time",
     .description = "each repeat time (r=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_time<&SdpTime::repeat_time>,
     .multi_instance = true},
    {.name = "sdp.media.media",
     .description = "each media description (m=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_media<&SdpMedia::media>,
     .multi_instance = true},
    {.name = "sdp.media.media_info",
     .description = "title of each media (i=)",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_media<&SdpMedia::media_info>,
     .multi_instance = true},
    {.name = "sdp.media.connection_data",
     .description = "connection data of each media",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_media<&SdpMedia::connection_data>,
     .multi_instance = true},
    {.name = "sdp.media.encryption_key",
     .description = "encryption key of each media",
     .proto = kSip,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_media<&SdpMedia::encryption_key>,
     .multi_instance = true},
};

}  // namespace culvert::sip
