// The keywords of DNS that are not buffers: dns.opcode, dns.rcode, dns.rrtype.
#pragma once

namespace culvert {
struct KeywordSpec;
}

namespace culvert::dns {

extern const KeywordSpec* const kDnsKeywords[3];

}  // namespace culvert::dns
