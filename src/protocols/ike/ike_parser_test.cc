#include "protocols/ike/ike_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/talk_testing.h"
#include "protocols/ike/ike_eve.h"
#include "protocols/ike/ike_keywords.h"
#include "protocols/ike/ike_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/hex.h"

namespace culvert::ike {
namespace {

using Body = std::vector<std::byte>;

Body number(std::size_t value, std::size_t size) {
  Body bytes;
  for (std::size_t i = size; i-- > 0;) bytes.push_back(std::byte(value >> (8 * i) & 0xff));
  return bytes;
}
/// Behind `head`, which ends where the length is.
Body sized(const Body& head, const Body& rest) {
  return concat({head, number(head.size() + 2 + rest.size(), 2), rest});
}
struct Payload {
  unsigned type;
  Body body;
};
Body message(unsigned version, unsigned exchange, unsigned flags,
             const std::vector<Payload>& payloads, std::string_view responder = "") {
  Body chain;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    const unsigned next = i + 1 < payloads.size() ? payloads[i + 1].type : 0;
    chain = concat({chain, sized(concat({number(next, 1), number(0, 1)}), payloads[i].body)});
  }
  const unsigned first = payloads.empty() ? 0 : payloads[0].type;
  return concat({text_bytes("INITSPI1"), responder.empty() ? Body(8) : text_bytes(responder),
                 number(first, 1), number(version, 1), number(exchange, 1), number(flags, 1),
                 number(7, 4), number(28 + chain.size(), 4), chain});
}
/// Of a proposal in version 2.
Body transform(unsigned type, unsigned id) {
  return sized(hex("0000"), concat({number(type, 1), number(0, 1), number(id, 2)}));
}
Body proposal2(const std::vector<std::pair<unsigned, unsigned>>& transforms,
               unsigned protocol = 1) {
  Body all;
  for (const auto& [type, id] : transforms) all = concat({all, transform(type, id)});
  return sized(hex("0000"), concat({number(1, 1), number(protocol, 1), number(0, 1),
                                    number(transforms.size(), 1), all}));
}
/// A security association of version 1 with a transform of each.
Body sa1(const std::vector<Body>& attributes) {
  Body all;
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const Body head = hex(i + 1 < attributes.size() ? "0300" : "0000");
    all = concat({all, sized(head, concat({hex("01010000"), attributes[i]}))});
  }
  const Body proposal = concat({hex("010100"), number(attributes.size(), 1), all});
  return concat({hex("00000001 00000001"), sized(hex("0000"), proposal)});
}
const std::vector<std::pair<unsigned, unsigned>> kGood = {{1, 12}, {2, 5}, {3, 12}, {4, 14}};

using Talk = ParserTalk<kIkeProtocol, IkeParser, IkeTransaction>;

TEST(IkeParser, LogsVersion1) {
  const Body attributes =
      hex("80010007 800e0080 80020002 80040002 80030001 800b0001 000c0004 00015180");
  Talk talk;
  talk.say('>', message(0x10, 2, 0, {{1, sa1({attributes})}, {13, hex("4a13")}}));
  talk.say('<', message(0x10, 2, 0, {{1, sa1({attributes})}}, "RESPSPI1"));
  talk.say('>', message(0x10, 2, 0, {{4, hex("aabb")}, {10, hex("cc")}}, "RESPSPI1"));
  talk.say('<', message(0x10, 2, 1, {{5, Body(20)}}, "RESPSPI1"));
  ASSERT_EQ(talk.count(), 4u);
  const std::string words =
      R"("alg_enc":"EncAesCbc","alg_enc_raw":7,"sa_key_length":"Unknown","sa_key_length_raw":128,)"
      R"("alg_hash":"HashSha","alg_hash_raw":2,"alg_dh":"GroupAlternate1024BitModpGroup",)"
      R"("alg_dh_raw":2,"alg_auth":"AuthPreSharedKey","alg_auth_raw":1,)"
      R"("sa_life_type":"LifeTypeSeconds","sa_life_type_raw":1,"sa_life_duration":"Unknown",)"
      R"("sa_life_duration_raw":86400)";
  const std::string head = R"({"ike":{"version_major":1,"version_minor":0,)"
                           R"("init_spi":"494e495453504931","resp_spi":")";
  EXPECT_EQ(talk.json(0),
            head +
                R"(0000000000000000","message_id":7,"exchange_type":2,)"
                R"("exchange_type_verbose":"Identity Protection",)"
                R"("payload":["SecurityAssociation","Proposal","Transform","VendorID"],)"
                R"("ikev1":{"doi":1,"encrypted_payloads":false,"client":{"proposals":[{)" +
                words + R"(}]},"server":{},"vendor_ids":["4a13"]}}})");
  const std::string rest = head +
                           R"(5245535053504931","message_id":7,"exchange_type":2,)"
                           R"("exchange_type_verbose":"Identity Protection",)" +
                           words;
  EXPECT_EQ(talk.json(1),
            rest + R"(,"payload":["SecurityAssociation","Proposal","Transform"],)"
                   R"("ikev1":{"doi":1,"encrypted_payloads":false,"client":{},"server":{}}}})");
  EXPECT_EQ(talk.json(2), rest +
                              R"(,"payload":["KeyExchange","Nonce"],"ikev1":{"doi":1,)"
                              R"("encrypted_payloads":false,"client":{)"
                              R"("key_exchange_payload":"aabb","key_exchange_payload_length":2,)"
                              R"("nonce_payload":"cc","nonce_payload_length":1},"server":{}}}})");
  EXPECT_EQ(talk.json(3), rest + R"(,"payload":["Identification"],)"
                                 R"("ikev1":{"doi":1,"encrypted_payloads":true}}})");
  EXPECT_EQ(talk.events(1), "");
}

TEST(IkeParser, LogsVersion2) {
  Talk talk;
  talk.say('>', message(0x20, 34, 8,
                        {{33, proposal2(kGood)},
                         {34, hex("000e0000")},
                         {41, hex("0000000e")},
                         {41, hex("00004004")}}));
  talk.say('<', message(0x20, 34, 0x20, {{33, proposal2(kGood)}, {40, Body(20)}}, "RESPSPI1"));
  ASSERT_EQ(talk.count(), 2u);
  const std::string head = R"({"ike":{"version_major":2,"version_minor":0,)"
                           R"("init_spi":"494e495453504931","resp_spi":")";
  EXPECT_EQ(talk.json(0), head + R"(0000000000000000","message_id":7,"exchange_type":34,)"
                                 R"("role":"initiator","payload":["SecurityAssociation",)"
                                 R"("KeyExchange","Notify","Notify","NoNextPayload"],)"
                                 R"("ikev2":{"errors":1,"notify":["NO_PROPOSAL_CHOSEN",)"
                                 R"("NAT_DETECTION_SOURCE_IP"]}}})");
  EXPECT_EQ(talk.json(1),
            head + R"(5245535053504931","message_id":7,"exchange_type":34,"role":"responder",)"
                   R"("alg_enc":"ENCR_AES_CBC","alg_auth":"AUTH_HMAC_SHA2_256_128",)"
                   R"("alg_prf":"PRF_HMAC_SHA2_256","alg_dh":"Modp2048","alg_esn":"NoESN",)"
                   R"("payload":["SecurityAssociation","Nonce","NoNextPayload"],)"
                   R"("ikev2":{"errors":0}}})");
}

TEST(IkeParser, FindsWeakProposals) {
  const struct {
    const char* name;
    std::vector<std::pair<unsigned, unsigned>> transforms;
    unsigned protocol;
    const char* events;
  } cases[] = {
      {"nothing to say", kGood, 1, ""},
      {"AH", kGood, 2, "no_encryption"},
      {"DES", {{1, 2}, {2, 5}, {3, 12}, {4, 14}}, 1, "weak_crypto_enc"},
      {"MD5", {{1, 12}, {2, 1}, {3, 1}, {4, 14}}, 1, "weak_crypto_prf weak_crypto_auth"},
      {"768 bits", {{1, 12}, {2, 5}, {3, 12}, {4, 1}}, 1, "weak_crypto_dh"},
      {"no integrity", {{1, 12}, {2, 5}, {3, 0}, {4, 14}}, 1, "weak_crypto_no_auth"},
      {"integrity of GCM", {{1, 20}, {2, 5}, {4, 14}}, 1, ""},
      {"no DH", {{1, 12}, {2, 5}, {3, 12}}, 1, "weak_crypto_no_dh"},
      {"no PRF", {{1, 12}, {2, 0}, {3, 12}, {4, 0}}, 1, "invalid_proposal"},
      {"a transform that there is not", {{9, 1}, {1, 12}, {3, 12}, {4, 14}}, 1, "unknown_proposal"},
  };
  for (const auto& c : cases) {
    Talk talk;
    talk.say('>', message(0x20, 34, 8, {{33, proposal2(c.transforms, c.protocol)}}));
    ASSERT_EQ(talk.count(), 1u) << c.name;
    EXPECT_EQ(talk.events(0), c.events) << c.name;
  }
  Talk v1;
  v1.say('<', message(0x10, 2, 0, {{1, sa1({hex("80010007"), hex("80010005")})}}));
  EXPECT_NE(v1.json(0).find(R"("alg_enc_raw":7,"server_proposals":[{"alg_enc":"EncAesCbc")"),
            std::string::npos)
      << v1.json(0);
}

TEST(IkeParser, WhatCannotBeReadIsNoPayload) {
  const std::pair<const char*, Body> cases[] = {
      {"a proposal cut short", message(0x20, 34, 8, {{33, hex("00000008 0101")}})},
      {"a transform that is missing", message(0x20, 34, 8, {{33, hex("00000008 01010001")}})},
      {"a key exchange of a byte", message(0x20, 34, 8, {{40, Body(9)}, {34, hex("00")}})},
      {"selectors that are none", message(0x20, 35, 8, {{44, hex("02000000 07000001")}})},
      {"no selectors", message(0x20, 35, 8, {{44, hex("00000000")}})},
  };
  for (const auto& [name, bytes] : cases) {
    Talk talk;
    EXPECT_EQ(talk.say('>', bytes), ParseStatus::kDone) << name;
    ASSERT_EQ(talk.count(), 1u) << name;
    EXPECT_NE(talk.json(0).find(R"("payload":[],"ikev2":{"errors":0}})"), std::string::npos)
        << name << talk.json(0);
  }
  const Body good = message(0x20, 34, 8, {{40, Body(9)}});
  for (std::size_t size = 0; size < good.size(); ++size) {
    Talk talk;
    EXPECT_EQ(talk.say('>', Bytes(good).first(size)), ParseStatus::kMalformed) << size;
    EXPECT_EQ(talk.count(), 0u) << size;
  }
  Talk talk;
  EXPECT_EQ(talk.say('>', message(0x10, 2, 0, {{1, hex("000000")}})), ParseStatus::kMalformed);
}

TEST(IkeKeywords, AskMessages) {
  Talk talk;
  talk.say('>', message(0x10, 2, 0,
                        {{13, hex("4a13")}, {13, hex("bb")}, {4, hex("6b6579")}, {10, hex("6e")}}));
  talk.say('<',
           message(0x10, 2, 0, {{1, sa1({hex("80010007 000c0004 00015180"), hex("80010005")})}},
                   "RESPSPI1"));
  talk.say('<', message(0x20, 34, 0x20, {{33, proposal2(kGood)}}, "RESPSPI1"));
  ASSERT_EQ(talk.count(), 3u);
  const struct {
    std::size_t tx;
    const char* keyword;
    const char* argument;
    const char* answer;
  } cases[] = {
      {0, "ike.exchtype", "2", "yes"},
      {2, "ike.exchtype", ">33", "yes"},
      {0, "ike.exchtype", "300", "refused"},
      {0, "ike.key_exchange_payload_length", "3", "yes"},
      {1, "ike.key_exchange_payload_length", "<9", "no"},
      {0, "ike.nonce_payload_length", ">1", "no"},
      {1, "ike.chosen_sa_attribute", "alg_enc=7", "yes"},
      {1, "ike.chosen_sa_attribute", "alg_enc=5", "no"},
      {1, "ike.chosen_sa_attribute", "sa_life_duration = 86400", "yes"},
      {1, "ike.chosen_sa_attribute", "alg_dh=0", "no"},
      {2, "ike.chosen_sa_attribute", "alg_enc=12", "yes"},
      {2, "ike.chosen_sa_attribute", "alg_dh=14", "yes"},
      {2, "ike.chosen_sa_attribute", "alg_hash=2", "no"},
      {0, "ike.chosen_sa_attribute", "alg_enc=7", "no"},
      {0, "ike.chosen_sa_attribute", "alg_esn=0", "refused"},
      {0, "ike.chosen_sa_attribute", "alg_enc", "refused"},
      {0, "ike.chosen_sa_attribute", "alg_enc=!2", "refused"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ask_keyword(kIkeKeywords, c.keyword, c.argument, talk.tx(c.tx)), c.answer)
        << c.keyword << ":" << c.argument;
  }
  const auto read = [&](std::size_t i, std::string_view buffer) {
    return read_buffer(kIkeBuffers, buffer, talk.flow, talk.tx(i));
  };
  EXPECT_EQ(read(0, "ike.init_spi"), "[494e495453504931]");
  EXPECT_EQ(read(1, "ike.resp_spi"), "[5245535053504931]");
  EXPECT_EQ(read(0, "ike.vendor"), "[4a13][bb]");
  EXPECT_EQ(read(0, "ike.key_exchange_payload"), "[key]");
  EXPECT_EQ(read(0, "ike.nonce_payload"), "[n]");
  EXPECT_EQ(read(1, "ike.nonce_payload"), "none");
}

}  // namespace
}  // namespace culvert::ike
