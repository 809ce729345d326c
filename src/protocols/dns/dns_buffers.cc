#include "protocols/dns/dns_buffers.h"

#include "protocols/dns/dns_transaction.h"

namespace culvert::dns {
namespace {

constexpr BufferSide kSide{.exists = true, .progress = 1};

/// Null: an HTTP/2 stream without DNS.
const Message* requested_message(const BufferRequest& request) {
  const DnsTransaction* const dns = dns::message_of(request.transaction, request.direction);
  return dns == nullptr ? nullptr : &dns->message;
}

Bytes text_of(const BufferRequest& request, const Message& message, std::size_t offset) {
  NameText text;
  message.name(offset, text);
  request.scratch.assign(text.bytes().begin(), text.bytes().end());
  // As in the reference, the root is no name to look at: it would satisfy each negated content.
  if (request.scratch.empty() && request.extent != nullptr) request.extent->not_yet = true;
  return request.scratch;
}

/// The names of one section's records.
template <Section kSection>
std::optional<Bytes> get_name(const BufferRequest& request) {
  const Message* const message = requested_message(request);
  if (message == nullptr) return std::nullopt;
  const auto records = message->records(kSection);
  if (request.instance >= records.size()) return std::nullopt;
  return text_of(request, *message, records[request.instance].name);
}

/// All names of a response, also those that records give.
std::optional<Bytes> get_response_name(const BufferRequest& request) {
  const Message* const message = requested_message(request);
  if (message == nullptr) return std::nullopt;
  const auto names = message->host_names();
  if (request.instance >= names.size()) return std::nullopt;
  return text_of(request, *message, names[request.instance]);
}

constexpr BufferSpec buffer(AppProto proto, std::string_view name, std::string_view description,
                            std::optional<Bytes> (*get)(const BufferRequest&), BufferSide to_server,
                            BufferSide to_client, std::string_view alias = {}) {
  return {.name = name,
          .description = description,
          .proto = proto,
          .to_server = to_server,
          .to_client = to_client,
          .get = get,
          .multi_instance = true,
          .alias = alias};
}

}  // namespace

constinit const BufferSpec kDnsBuffers[] = {
    buffer(AppProto::kDns, "dns.query", "name asked for, of each question of a request",
           get_name<Section::kQuery>, kSide, {}, "dns_query"),
    buffer(AppProto::kDns, "dns.queries.rrname", "name asked for, of each question",
           get_name<Section::kQuery>, kSide, kSide),
    buffer(AppProto::kDns, "dns.answers.rrname", "name of each answer", get_name<Section::kAnswer>,
           kSide, kSide),
    buffer(AppProto::kDns, "dns.authorities.rrname", "name of each authority",
           get_name<Section::kAuthority>, kSide, kSide),
    buffer(AppProto::kDns, "dns.additionals.rrname", "name of each additional record",
           get_name<Section::kAdditional>, kSide, kSide),
    buffer(AppProto::kDns, "dns.response.rrname", "each name in a response", get_response_name, {},
           kSide),
    buffer(AppProto::kDns, "dns.query.name", "as dns.queries.rrname", get_name<Section::kQuery>,
           kSide, kSide),
    buffer(AppProto::kDns, "dns.answer.name", "as dns.answers.rrname", get_name<Section::kAnswer>,
           kSide, kSide),
};

constinit const BufferSpec kMdnsBuffers[] = {
    buffer(AppProto::kMdns, "mdns.queries.rrname", "name asked for, of each question",
           get_name<Section::kQuery>, kSide, kSide),
    buffer(AppProto::kMdns, "mdns.answers.rrname", "name of each answer",
           get_name<Section::kAnswer>, kSide, kSide),
    buffer(AppProto::kMdns, "mdns.authorities.rrname", "name of each authority",
           get_name<Section::kAuthority>, kSide, kSide),
    buffer(AppProto::kMdns, "mdns.additionals.rrname", "name of each additional record",
           get_name<Section::kAdditional>, kSide, kSide),
    buffer(AppProto::kMdns, "mdns.response.rrname", "each name in a response", get_response_name,
           kSide, kSide),
};

}  // namespace culvert::dns
