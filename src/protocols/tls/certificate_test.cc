#include "protocols/tls/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/tls/tls_testing.h"

namespace culvert::tls {
namespace {

using ::testing::ElementsAre;

TEST(Certificate, ReadsTheFields) {
  Arena arena;
  Certificate certificate;
  ASSERT_EQ(parse_certificate(example_certificate(), arena, certificate), CertificateStatus::kOk);
  EXPECT_EQ(certificate.subject, "C=US, O=Acme, Inc., CN=www.example.com");
  EXPECT_EQ(certificate.issuer, certificate.subject);
  EXPECT_EQ(certificate.serial, "00:97:E6:47:09:8E:EA:C9:B4");
  EXPECT_EQ(certificate.fingerprint, "24:a7:7b:73:16:ee:b6:70:89:f7:ca:1b:ec:2e:73:a1:27:66:ab:90");
  EXPECT_EQ(format_validity(certificate.not_before), "2026-11-21T07:30:11");
  EXPECT_EQ(format_validity(certificate.not_after), "2036-11-18T07:30:11");
  EXPECT_THAT(certificate.alternative_names,
              ElementsAre("www.example.com", "[10, 0, 0, 1]", "RFC822Name(a@b.c)", "http://x/"));
}

TEST(Certificate, CutShortIsMalformed) {
  const Octets whole = example_certificate();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Arena arena;
    Certificate certificate;
    constexpr std::size_t kHeaderSize = 4;
    EXPECT_EQ(
        parse_certificate(Bytes(whole).first(size), arena, certificate),
        size < kHeaderSize ? CertificateStatus::kInvalidLength : CertificateStatus::kMalformed)
        << size;
    EXPECT_FALSE(certificate.parsed);
  }
}

/// What the reference says of parts that are missing, cut off or something else.
TEST(Certificate, SaysWhatIsMissing) {
  using Status = CertificateStatus;
  const struct {
    const char* name;
    Octets der;
    Status status;
  } cases[] = {
      {"no body", hex("3000"), Status::kInvalidLength},
      {"body without a length", hex("3001 30"), Status::kInvalidLength},
      {"body's length cut off", hex("3003 3082 01"), Status::kInvalidLength},
      {"body cut off", hex("3003 3003 00"), Status::kMalformed},
      {"body of another type", hex("3003 040100"), Status::kInvalidDer},
      {"length of 5 bytes", hex("3085 0000000001 30"), Status::kInvalidLength},
      {"indefinite length", hex("3080 3000"), Status::kInvalidDer},
      {"empty body", hex("3002 3000"), Status::kInvalidSerial},
      {"version cut off", hex("3005 3003 a02000"), Status::kInvalidLength},
      {"no algorithm", hex("3005 3003 020101"), Status::kInvalidLength},
      {"algorithm cut off", hex("3008 3006 020101 302000"), Status::kInvalidLength},
      {"empty algorithm", hex("3007 3005 020101 3000"), Status::kInvalidLength},
      {"algorithm of another type", hex("3008 3006 020101 040100"), Status::kInvalidDer},
      {"no issuer", hex("300c 300a 020101 3005 0603550403"), Status::kInvalidLength},
      {"issuer cut off", hex("300f 300d 020101 3005 0603550403 302000"), Status::kMalformed},
      {"issuer of another type", hex("300f 300d 020101 3005 0603550403 040100"),
       Status::kInvalidDer},
  };
  for (const auto& c : cases) {
    Arena arena;
    Certificate certificate;
    EXPECT_EQ(parse_certificate(c.der, arena, certificate), c.status) << c.name;
  }
}

TEST(Certificate, SaysWhatIsWrong) {
  using Status = CertificateStatus;
  struct Case {
    std::size_t at;  ///< where a byte of the example is changed
    std::uint8_t value;
    Status status;
  };
  const Case cases[] = {
      {0, 0x31, Status::kInvalidDer},
      {10, 0x03, Status::kInvalidVersion},
      {13, 0x03, Status::kInvalidSerial},
      {26, 0x07, Status::kInvalidAlgorithm},
      {40, 0x31, Status::kOk},  // in a name, which ends there
      {102, 0xb2, Status::kInvalidDate},
      {130, 0x31, Status::kInvalidDer},
      {363, 0x05, Status::kMalformed},
      {434, 0x02, Status::kMalformed},
      {220, 0x00, Status::kOk},  // in the key
      {64, 0xff, Status::kOk},   // in a name: bad UTF-8 is for rules to see
  };
  for (const Case& c : cases) {
    Octets der = example_certificate();
    der[c.at] = std::byte{c.value};
    Arena arena;
    Certificate certificate;
    EXPECT_EQ(parse_certificate(der, arena, certificate), c.status) << c.at;
    EXPECT_EQ(certificate.parsed, c.status == Status::kOk) << c.at;
  }
}

}  // namespace
}  // namespace culvert::tls
