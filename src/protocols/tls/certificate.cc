#include "protocols/tls/certificate.h"

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

namespace culvert::tls {
namespace {

template <auto kFree>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using X509Pointer = std::unique_ptr<X509, Deleter<X509_free>>;
using NamesPointer = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;

const unsigned char* octets(Bytes bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
std::string_view text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
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
      return "OID(" + dotted(object) + ")";
  }
}

/// Wide strings become UTF-8, the others stay as they are: zero bytes and bad encodings included,
/// for rules that look for those.
void append_value(const ASN1_STRING* value, std::string& out) {
  const int type = ASN1_STRING_type(value);
  if (type != V_ASN1_BMPSTRING && type != V_ASN1_UNIVERSALSTRING) {
    out += text_of(value);
    return;
  }
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, value);
  if (size < 0) return;
  out.append(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
}

/// "C=US, O=Org + OU=Unit": a plus joins attributes of one relative name.
std::string format_name(const X509_NAME* name) {
  std::string text;
  int last_set = -1;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const int set = X509_NAME_ENTRY_set(entry);
    if (i > 0) text += set == last_set ? " + " : ", ";
    last_set = set;
    text += attribute_name(X509_NAME_ENTRY_get_object(entry));
    text += '=';
    append_value(X509_NAME_ENTRY_get_data(entry), text);
  }
  return text;
}

/// The content octets of the serial number as the certificate has them: a positive number whose
/// first bit is set begins with a zero byte.
std::string format_serial(const ASN1_INTEGER* serial) {
  unsigned char* der = nullptr;
  const int size = i2d_ASN1_INTEGER(serial, &der);
  if (size <= 0) return {};
  const unsigned char* content = der;
  long length = 0;
  int tag = 0, tag_class = 0;
  std::string text;
  if ((ASN1_get_object(&content, &length, &tag, &tag_class, size) & 0x80) == 0) {
    text = colon_hex(std::as_bytes(std::span(content, static_cast<std::size_t>(length))),
                     "0123456789ABCDEF");
  }
  OPENSSL_free(der);
  return text;
}

bool read_time(const ASN1_TIME* time, std::int64_t& out) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return false;
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
    case GEN_DIRNAME:
      return "DirectoryName(" + format_name(static_cast<const X509_NAME*>(value)) + ")";
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

CertificateStatus read_alternative_names(const X509* x509, Arena& arena, Certificate& out) {
  const NamesPointer names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr)));
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

}  // namespace

CertificateStatus parse_certificate(Bytes der, Arena& arena, Certificate& out) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int digest_size = 0;
  if (EVP_Digest(der.data(), der.size(), digest, &digest_size, EVP_sha1(), nullptr) == 1) {
    const Bytes bytes = std::as_bytes(std::span(digest, digest_size));
    out.fingerprint = arena.copy(std::string_view(colon_hex(bytes, "0123456789abcdef")));
  }
  const unsigned char* at = octets(der);
  const X509Pointer x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (x509 == nullptr || !read_time(X509_get0_notBefore(x509.get()), out.not_before) ||
      !read_time(X509_get0_notAfter(x509.get()), out.not_after)) {
    ERR_clear_error();
    return CertificateStatus::kMalformed;
  }
  const auto keep = [&arena](const std::string& text) {
    return arena.copy(std::string_view(text));
  };
  out.subject = keep(format_name(X509_get_subject_name(x509.get())));
  out.issuer = keep(format_name(X509_get_issuer_name(x509.get())));
  out.serial = keep(format_serial(X509_get0_serialNumber(x509.get())));
  out.parsed = true;
  const CertificateStatus status = read_alternative_names(x509.get(), arena, out);
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
