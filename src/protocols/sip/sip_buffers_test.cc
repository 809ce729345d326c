#include "protocols/sip/sip_buffers.h"

#include <gtest/gtest.h>

#include "protocols/sip/sip_parser.h"
#include "protocols/text/keyword_testing.h"

namespace culvert::sip {
namespace {

TEST(SipBuffers, GiveLinesHeadersAndSdp) {
  const std::string body =
      "v=0\r\no=or\r\ns=sn\r\ni=si\r\nu=ur\r\ne=em\r\np=ph\r\nc=cd\r\nb=b1\r\nt=t1\r\nr=r1\r\n"
      "z=tz\r\nk=ek\r\na=a1\r\na=a2\r\nm=m1\r\ni=mi\r\nc=mc\r\nk=mk\r\n";
  const std::string text =
      "INVITE sip:u SIP/2.0\r\nFrom: f\r\nTo: t\r\nVia: v1\r\nv: v2\r\nUser-Agent: ua\r\n"
      "Content-Type: application/sdp\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  SipTransaction tx;
  ASSERT_EQ(tx.message.parse(as_bytes(text), false, tx.arena), MessageStatus::kOk);
  const Flow flow;
  const std::pair<const char*, const char*> cases[] = {
      {"sip.method", "[INVITE]"},
      {"sip.uri", "[sip:u]"},
      {"sip.request_line", "[INVITE sip:u SIP/2.0]"},
      {"sip.protocol", "[SIP/2.0]"},
      {"sip.stat_code", "none"},
      {"sip.stat_msg", "none"},
      {"sip.response_line", "none"},
      {"sip.from", "[f]"},
      {"sip.to", "[t]"},
      {"sip.via", "[v1][v2]"},
      {"sip.user_agent", "[ua]"},
      {"sip.content_type", "[application/sdp]"},
      {"sdp.origin", "[or]"},
      {"sdp.session_name", "[sn]"},
      {"sdp.session_info", "[si]"},
      {"sdp.uri", "[ur]"},
      {"sdp.email", "[em]"},
      {"sdp.phone_number", "[ph]"},
      {"sdp.connection_data", "[cd]"},
      {"sdp.bandwidth", "[b1]"},
      {"sdp.time", "[t1]"},
      {"sdp.repeat_time", "[r1]"},
      {"sdp.timezone", "[tz]"},
      {"sdp.encryption_key", "[ek]"},
      {"sdp.attribute", "[a1][a2]"},
      {"sdp.media.media", "[m1]"},
      {"sdp.media.media_info", "[mi]"},
      {"sdp.media.connection_data", "[mc]"},
      {"sdp.media.encryption_key", "[mk]"},
  };
  for (const auto& [name, expected] : cases) {
    EXPECT_EQ(read_buffer(kSipBuffers, name, flow, tx), expected) << name;
  }
  SipTransaction answer;
  ASSERT_EQ(answer.message.parse(as_bytes("SIP/2.0 200 OK\r\n\r\n"), false, answer.arena),
            MessageStatus::kOk);
  EXPECT_EQ(read_buffer(kSipBuffers, "sip.stat_code", flow, answer), "[200]");
  EXPECT_EQ(read_buffer(kSipBuffers, "sip.stat_msg", flow, answer), "[OK]");
  EXPECT_EQ(read_buffer(kSipBuffers, "sip.response_line", flow, answer), "[SIP/2.0 200 OK]");
  EXPECT_EQ(read_buffer(kSipBuffers, "sip.method", flow, answer), "none");
}

}  // namespace
}  // namespace culvert::sip
