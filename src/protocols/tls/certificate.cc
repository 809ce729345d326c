#include "protocols/tls/certificate.h"

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <iterator>
#include <memory>
#include <optional>
#include <span>

#include "base/byte_cursor.h"

namespace culvert::tls {
namespace {

template <auto kFree>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
template <class T, auto kFree>
using Owned = std::unique_ptr<T, Deleter<kFree>>;

const unsigned char* octets(Bytes bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
std::string_view text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

/// Identifier octets (ITU-T X.690 section 8.1.2) of what certificates are made of.
enum Tag : std::uint8_t {
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kObjectIdentifier = 0x06,
  kUtcTime = 0x17,
  kGeneralizedTime = 0x18,
  kSequence = 0x30,
  kSet = 0x31,
  kVersionTag = 0xa0,  // [0] EXPLICIT in TBSCertificate
  kExtensions = 0xa3,  // [3] EXPLICIT
};

/// One element: tag, length, content. Views the certificate.
struct Element {
  std::uint8_t tag = 0;
  Bytes content;
  Bytes whole;  ///< with tag and length, for OpenSSL
};

/// Takes the next element off `in`. Not kOk: it is not there or cut off, and `in` is spoilt.
CertificateStatus read_element(ByteCursor& in, Element& element) {
  const Bytes before = in.rest();
  element.tag = in.u8();
  std::size_t size = in.u8();
  if ((size & 0x80) != 0) {  // long form: so many bytes of length follow
    const std::size_t width = size & 0x7f;
    if (width == 0) return CertificateStatus::kInvalidDer;  // of indefinite length
    if (width > 4) in.take(in.size() + 1);
    size = static_cast<std::size_t>(in.read(width));
  }
  if (!in.ok()) return CertificateStatus::kInvalidLength;
  element.content = in.take(size);
  if (!in.ok()) return CertificateStatus::kMalformed;
  element.whole = before.first(before.size() - in.size());
  return CertificateStatus::kOk;
}
/// The same, for those who need not know why not.
std::optional<Element> next_element(ByteCursor& in) {
  Element element;
  if (read_element(in, element) != CertificateStatus::kOk) return std::nullopt;
  return element;
}
/// The next element, which has to be a sequence.
CertificateStatus read_sequence(ByteCursor& in, Element& element) {
  const CertificateStatus status = read_element(in, element);
  if (status != CertificateStatus::kOk) return status;
  return element.tag == kSequence ? status : CertificateStatus::kInvalidDer;
}
/// The next element if it has that tag; else `in` stays.
std::optional<Element> next_if(ByteCursor& in, Tag tag) {
  ByteCursor ahead = in;
  const auto element = next_element(ahead);
  if (!element || element->tag != tag) return std::nullopt;
  in = ahead;
  return element;
}

std::string colon_hex(Bytes bytes, const char* digits) {
  std::string text;
  text.reserve(bytes.size() * 3);
  for (const std::byte b : bytes) {
    if (!text.empty()) text += ':';
    text += digits[std::to_integer<unsigned>(b) >> 4];
    text += digits[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

std::string dotted(const ASN1_OBJECT* object) {
  char text[128];
  const int size = OBJ_obj2txt(text, sizeof text, object, 1);
  return size > 0 ? std::string(text) : std::string();
}

/// Suricata's names of attribute types; what is not here is printed as "OID(2.5.4.65)".
std::string attribute_name(const ASN1_OBJECT* object) {
  switch (OBJ_obj2nid(object)) {
    case NID_commonName:
      return "CN";
    case NID_surname:
      return "surname";
    case NID_serialNumber:
      return "serialNumber";
    case NID_countryName:
      return "C";
    case NID_localityName:
      return "L";
    case NID_stateOrProvinceName:
      return "ST";
    case NID_streetAddress:
      return "streetAddress";
    case NID_organizationName:
      return "O";
    case NID_organizationalUnitName:
      return "OU";
    case NID_title:
      return "title";
    case NID_description:
      return "description";
    case NID_businessCategory:
      return "businessCategory";
    case NID_postalCode:
      return "postalCode";
    case NID_name:
      return "name";
    case NID_givenName:
      return "givenName";
    case NID_initials:
      return "initials";
    case NID_generationQualifier:
      return "generationQualifier";
    case NID_x500UniqueIdentifier:
      return "uniqueIdentifier";
    case NID_dnQualifier:
      return "dnQualifier";
    case NID_pkcs9_emailAddress:
      return "Email";
    case NID_pkcs9_unstructuredName:
      return "unstructuredName";
    case NID_domainComponent:
      return "DC";
    case NID_userId:
      return "uid";
    case NID_jurisdictionCountryName:
      return "msJurisdictionCountry";
    case NID_jurisdictionStateOrProvinceName:
      return "msJurisdictionStateOrProvince";
    case NID_jurisdictionLocalityName:
      return "msJurisdictionLocality";
    default:
      break;
  }
  // Certificate extensions (2.5.29) have turned up as attributes.
  const std::string number = dotted(object);
  const int nid = OBJ_obj2nid(object);
  if (number.starts_with("2.5.29.") && nid != NID_undef) return OBJ_nid2sn(nid);
  return "OID(" + number + ")";
}

/// Wide strings become UTF-8; other strings stay as they are, zero bytes and bad encodings
/// included, for rules that look for those; what is no string is printed as hexadecimal digits.
void append_value(const Element& value, std::string& out) {
  switch (value.tag) {
    case V_ASN1_UTF8STRING:
    case V_ASN1_NUMERICSTRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_T61STRING:
    case V_ASN1_VIDEOTEXSTRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_GRAPHICSTRING:
    case V_ASN1_VISIBLESTRING:
    case V_ASN1_GENERALSTRING:
    case V_ASN1_OBJECT_DESCRIPTOR:
      out += as_text(value.content);
      return;
    case V_ASN1_BMPSTRING:
    case V_ASN1_UNIVERSALSTRING:
      break;
    default:
      for (const std::byte b : value.content) {
        fmt::format_to(std::back_inserter(out), "{:02X}", std::to_integer<unsigned>(b));
      }
      return;
  }
  const Owned<ASN1_STRING, ASN1_STRING_free> string(ASN1_STRING_type_new(value.tag));
  ASN1_STRING_set(string.get(), value.content.data(), static_cast<int>(value.content.size()));
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, string.get());
  if (size < 0) return;
  out.append(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
}

/// RFC 5280 section 4.1.2.4: a sequence of sets of (type, value). "C=US, O=Org + OU=Unit": a plus
/// joins the members of a set. A malformed name is as long as it makes sense.
std::string format_name(Bytes name) {
  std::string text;
  ByteCursor sets(name);
  while (const auto set = next_if(sets, kSet)) {
    ByteCursor members(set->content);
    for (bool first = true; const auto member = next_if(members, kSequence); first = false) {
      ByteCursor parts(member->content);
      const auto type = next_if(parts, kObjectIdentifier);
      const auto value = next_element(parts);
      if (!type || !value) return text;
      const unsigned char* at = octets(type->whole);
      const Owned<ASN1_OBJECT, ASN1_OBJECT_free> object(
          d2i_ASN1_OBJECT(nullptr, &at, static_cast<long>(type->whole.size())));
      if (!text.empty()) text += first ? ", " : " + ";
      if (object != nullptr) text += attribute_name(object.get());
      text += '=';
      append_value(*value, text);
    }
  }
  return text;
}

bool read_time(ByteCursor& in, std::int64_t& out) {
  const auto element = next_element(in);
  if (!element || (element->tag != kUtcTime && element->tag != kGeneralizedTime)) return false;
  const unsigned char* at = octets(element->whole);
  const Owned<ASN1_TIME, ASN1_TIME_free> time(
      d2i_ASN1_TIME(nullptr, &at, static_cast<long>(element->whole.size())));
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time.get(), &parts) != 1) return false;
  out = timegm(&parts);
  return true;
}

/// As Suricata prints them: names and addresses bare, other kinds with their type.
std::string format_general_name(const GENERAL_NAME* name) {
  int type = 0;
  const void* value = GENERAL_NAME_get0_value(name, &type);
  switch (type) {
    case GEN_DNS:
    case GEN_URI:
      return std::string(text_of(static_cast<const ASN1_STRING*>(value)));
    case GEN_EMAIL:
      return fmt::format("RFC822Name({})", text_of(static_cast<const ASN1_STRING*>(value)));
    case GEN_IPADD: {
      std::string text = "[";
      for (const char c : text_of(static_cast<const ASN1_STRING*>(value))) {
        if (text.size() > 1) text += ", ";
        text += std::to_string(static_cast<unsigned char>(c));
      }
      return text + "]";
    }
    case GEN_DIRNAME: {
      const unsigned char* der = nullptr;
      std::size_t size = 0;
      X509_NAME_get0_der(static_cast<const X509_NAME*>(value), &der, &size);
      ByteCursor in(std::as_bytes(std::span(der, size)));
      const auto directory = next_if(in, kSequence);
      return "DirectoryName(" + (directory ? format_name(directory->content) : "") + ")";
    }
    case GEN_RID:
      return "RegisteredID(" + dotted(static_cast<const ASN1_OBJECT*>(value)) + ")";
    case GEN_OTHERNAME:
      return "OtherName(" + dotted(static_cast<const OTHERNAME*>(value)->type_id) + ", [...])";
    case GEN_X400:
      return "X400Address(...)";
    default:
      return "EDIPartyName(...)";
  }
}

/// Content of the extension's octet string. What cannot be read is left out.
CertificateStatus read_alternative_names(Bytes der, Arena& arena, Certificate& out) {
  const unsigned char* at = octets(der);
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(
      d2i_GENERAL_NAMES(nullptr, &at, static_cast<long>(der.size())));
  if (names == nullptr) return CertificateStatus::kOk;
  const int count = sk_GENERAL_NAME_num(names.get());
  for (int i = 0; i < count; ++i) {
    if (out.alternative_names.size() == kMaxAlternativeNames) {
      return CertificateStatus::kTooManyAlternativeNames;
    }
    const std::string text = format_general_name(sk_GENERAL_NAME_value(names.get(), i));
    out.alternative_names.push_back(arena.copy(std::string_view(text)));
  }
  return CertificateStatus::kOk;
}

/// Extensions ::= SEQUENCE OF SEQUENCE { type, critical BOOLEAN DEFAULT FALSE, OCTET STRING }
CertificateStatus read_extensions(Bytes explicit_content, Arena& arena, Certificate& out) {
  ByteCursor outer(explicit_content);
  const auto list = next_if(outer, kSequence);
  if (!list) return CertificateStatus::kInvalidDer;
  ByteCursor extensions(list->content);
  while (!extensions.empty()) {
    const auto extension = next_if(extensions, kSequence);
    if (!extension) return CertificateStatus::kMalformed;
    ByteCursor in(extension->content);
    const auto type = next_if(in, kObjectIdentifier);
    auto value = next_element(in);
    if (value && value->tag == V_ASN1_BOOLEAN) value = next_element(in);
    if (!type || !value || value->tag != kOctetString) return CertificateStatus::kMalformed;
    constexpr std::string_view kSubjectAltName = "\x55\x1d\x11";  // 2.5.29.17
    if (as_text(type->content) != kSubjectAltName) continue;
    const CertificateStatus status = read_alternative_names(value->content, arena, out);
    if (status != CertificateStatus::kOk) return status;
  }
  return CertificateStatus::kOk;
}

/// AlgorithmIdentifier ::= SEQUENCE { OBJECT IDENTIFIER, parameters }
CertificateStatus read_algorithm(ByteCursor& in) {
  using Status = CertificateStatus;
  Element algorithm;
  const Status status = read_sequence(in, algorithm);
  if (status == Status::kMalformed) return Status::kInvalidLength;
  if (status != Status::kOk) return status;
  if (algorithm.content.empty()) return Status::kInvalidLength;
  ByteCursor inner(algorithm.content);
  return next_if(inner, kObjectIdentifier) ? Status::kOk : Status::kInvalidAlgorithm;
}

/// Certificate ::= SEQUENCE { TBSCertificate, algorithm, signature BIT STRING }
/// TBSCertificate ::= SEQUENCE { [0] version, serial, algorithm, issuer, validity, subject, key,
///                               ids, [3] extensions }                   RFC 5280 section 4.1
CertificateStatus read_certificate(Bytes der, Arena& arena, Certificate& out) {
  using Status = CertificateStatus;
  Status status = Status::kOk;
  const auto is_sequence = [&status](ByteCursor& from, Element& element) {
    status = read_sequence(from, element);
    return status == Status::kOk;
  };
  Element certificate, body, issuer, validity, subject, key;
  ByteCursor all(der);
  if (!is_sequence(all, certificate)) return status;
  ByteCursor parts(certificate.content);
  if (!is_sequence(parts, body)) return status;

  ByteCursor in(body.content);
  if (ByteCursor ahead = in; !in.empty() && !next_element(ahead)) return Status::kInvalidLength;
  if (const auto version = next_if(in, kVersionTag)) {
    ByteCursor inner(version->content);
    const auto number = next_if(inner, kInteger);
    if (!number || number->content.size() != 1) return Status::kInvalidVersion;
  }
  const auto serial = next_if(in, kInteger);
  if (!serial) return Status::kInvalidSerial;
  if (status = read_algorithm(in); status != Status::kOk) return status;
  if (!is_sequence(in, issuer) || !is_sequence(in, validity)) return status;
  ByteCursor times(validity.content);
  if (!read_time(times, out.not_before) || !read_time(times, out.not_after)) {
    return Status::kInvalidDate;
  }
  if (!is_sequence(in, subject) || !is_sequence(in, key)) return status;
  while (!in.empty()) {  // unique ids come before the extensions; nobody uses them
    const auto rest = next_element(in);
    if (!rest) return Status::kInvalidDer;
    if (rest->tag == kExtensions) status = read_extensions(rest->content, arena, out);
  }
  if (status != Status::kOk && status != Status::kTooManyAlternativeNames) return status;
  if (const Status of = read_algorithm(parts); of != Status::kOk) return of;
  if (!next_if(parts, kBitString)) return Status::kMalformed;

  const auto keep = [&arena](std::string_view text) { return arena.copy(text); };
  out.subject = keep(format_name(subject.content));
  out.issuer = keep(format_name(issuer.content));
  out.serial = keep(colon_hex(serial->content, "0123456789ABCDEF"));
  out.parsed = true;
  return status;
}

}  // namespace

CertificateStatus parse_certificate(Bytes der, Arena& arena, Certificate& out) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int digest_size = 0;
  if (EVP_Digest(der.data(), der.size(), digest, &digest_size, EVP_sha1(), nullptr) == 1) {
    const Bytes bytes = std::as_bytes(std::span(digest, digest_size));
    out.fingerprint = arena.copy(std::string_view(colon_hex(bytes, "0123456789abcdef")));
  }
  const CertificateStatus status = read_certificate(der, arena, out);
  ERR_clear_error();
  return status;
}

std::string format_validity(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  if (gmtime_r(&time, &parts) == nullptr) return {};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace culvert::tls
