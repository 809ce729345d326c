#include "protocols/dns/dns_types.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace culvert::dns {
namespace {

using Names = std::pair<std::uint16_t, std::string_view>;

// IANA, "Resource Record (RR) TYPEs", as far as the reference knows them.
constexpr Names kTypes[] = {
    {1, "A"},      {2, "NS"},        {3, "MD"},          {4, "MF"},     {5, "CNAME"},
    {6, "SOA"},    {7, "MB"},        {8, "MG"},          {9, "MR"},     {10, "NULL"},
    {11, "WKS"},   {12, "PTR"},      {13, "HINFO"},      {14, "MINFO"}, {15, "MX"},
    {16, "TXT"},   {17, "RP"},       {18, "AFSDB"},      {19, "X25"},   {20, "ISDN"},
    {21, "RT"},    {22, "NSAP"},     {23, "NSAPPTR"},    {24, "SIG"},   {25, "KEY"},
    {26, "PX"},    {27, "GPOS"},     {28, "AAAA"},       {29, "LOC"},   {30, "NXT"},
    {33, "SRV"},   {34, "ATMA"},     {35, "NAPTR"},      {36, "KX"},    {37, "CERT"},
    {38, "A6"},    {39, "DNAME"},    {41, "OPT"},        {42, "APL"},   {43, "DS"},
    {44, "SSHFP"}, {45, "IPSECKEY"}, {46, "RRSIG"},      {47, "NSEC"},  {48, "DNSKEY"},
    {49, "DHCID"}, {50, "NSEC3"},    {51, "NSEC3PARAM"}, {52, "TLSA"},  {55, "HIP"},
    {59, "CDS"},   {60, "CDNSKEY"},  {65, "HTTPS"},      {99, "SPF"},   {249, "TKEY"},
    {250, "TSIG"}, {254, "MAILA"},   {255, "ANY"},       {256, "URI"},
};

constexpr Names kRcodes[] = {
    {0, "NOERROR"},  {1, "FORMERR"},  {2, "SERVFAIL"},  {3, "NXDOMAIN"}, {4, "NOTIMP"},
    {5, "REFUSED"},  {6, "YXDOMAIN"}, {7, "YXRRSET"},   {8, "NXRRSET"},  {9, "NOTAUTH"},
    {10, "NOTZONE"}, {16, "BADVERS"}, {17, "BADKEY"},   {18, "BADTIME"}, {19, "BADMODE"},
    {20, "BADNAME"}, {21, "BADALG"},  {22, "BADTRUNC"},
};

constexpr Names kOpcodes[] = {
    {0, "QUERY"}, {1, "IQUERY"}, {2, "STATUS"}, {4, "NOTIFY"}, {5, "UPDATE"},
};

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

template <std::size_t kCount>
std::string_view name_in(const Names (&names)[kCount], std::uint16_t number) {
  const auto found = std::ranges::lower_bound(names, number, {}, &Names::first);
  return found != std::end(names) && found->first == number ? found->second : std::string_view{};
}

template <std::size_t kCount>
std::optional<std::uint16_t> number_in(const Names (&names)[kCount], std::string_view text) {
  for (const auto& [number, name] : names) {
    if (std::ranges::equal(name, text, {}, {}, upper)) return number;
  }
  std::uint16_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return number;
}

/// Names of the first numbers, which nearly all messages have.
template <std::size_t kCount>
constexpr auto first_names(const Names (&names)[kCount]) {
  std::array<std::string_view, 32> first{};
  for (const auto& [number, name] : names) {
    if (number < first.size()) first[number] = name;
  }
  return first;
}
constexpr auto kFirstTypes = first_names(kTypes);
constexpr auto kFirstRcodes = first_names(kRcodes);

}  // namespace

std::string_view type_name(std::uint16_t type) {
  return type < kFirstTypes.size() ? kFirstTypes[type] : name_in(kTypes, type);
}
std::string_view rcode_name(std::uint16_t rcode) {
  return rcode < kFirstRcodes.size() ? kFirstRcodes[rcode] : name_in(kRcodes, rcode);
}
std::optional<std::uint16_t> find_type(std::string_view name) { return number_in(kTypes, name); }
std::optional<std::uint16_t> find_rcode(std::string_view name) { return number_in(kRcodes, name); }
std::optional<std::uint16_t> find_opcode(std::string_view name) {
  return number_in(kOpcodes, name);
}

}  // namespace culvert::dns
