// geoip: country of an address, from the database that `geoip-database` names.
// `geoip:src,RU,CN`, `geoip:any,!US`, `geoip:DE` (either end).

#include <maxminddb.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

#include "detect/rule_draft.h"
#include "keywords/address_end.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

/// One open database for all rules of a set.
class CountryDatabase {
 public:
  static Result<std::shared_ptr<const CountryDatabase>> open(const std::string& path) {
    auto database = std::shared_ptr<CountryDatabase>(new CountryDatabase);
    const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &database->mmdb_);
    if (status != MMDB_SUCCESS) {
      return failure("geoip-database " + path + ": " + MMDB_strerror(status));
    }
    database->open_ = true;
    return database;
  }
  ~CountryDatabase() {
    if (open_) MMDB_close(&mmdb_);
  }
  CountryDatabase(const CountryDatabase&) = delete;
  CountryDatabase& operator=(const CountryDatabase&) = delete;

  /// Two letters, or "".
  std::array<char, 2> country(const IpAddress& address) const {
    std::array<char, 2> code{};
    sockaddr_storage storage{};
    if (address.is_v4()) {
      auto* const in = reinterpret_cast<sockaddr_in*>(&storage);
      in->sin_family = AF_INET;
      std::memcpy(&in->sin_addr, address.bytes().data(), 4);
    } else {
      auto* const in6 = reinterpret_cast<sockaddr_in6*>(&storage);
      in6->sin6_family = AF_INET6;
      std::memcpy(&in6->sin6_addr, address.bytes().data(), 16);
    }
    int status = 0;
    MMDB_lookup_result_s found =
        MMDB_lookup_sockaddr(&mmdb_, reinterpret_cast<const sockaddr*>(&storage), &status);
    if (status != MMDB_SUCCESS || !found.found_entry) return code;
    MMDB_entry_data_s data{};
    static const char* const kPath[] = {"country", "iso_code", nullptr};
    status = MMDB_aget_value(&found.entry, &data, kPath);
    if (status != MMDB_SUCCESS || !data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING ||
        data.data_size < 2) {
      return code;
    }
    code = {data.utf8_string[0], data.utf8_string[1]};
    return code;
  }

 private:
  CountryDatabase() = default;
  MMDB_s mmdb_{};
  bool open_ = false;
};

struct Country final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    return address_fits(end, context, [this](const IpAddress& each) { return fits(each); });
  }
  bool fits(const IpAddress& address) const {
    const std::array<char, 2> code = database->country(address);
    if (code[0] == '\0') return false;
    for (const std::array<char, 2>& each : codes) {
      if (each == code) return !negated;
    }
    return negated;
  }
  std::shared_ptr<const CountryDatabase> database;
  std::vector<std::array<char, 2>> codes;
  AddressEnd end = AddressEnd::kAny;
  bool negated = false;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  const std::string& path = draft.catalog.environment.options.geoip_database;
  if (path.empty()) return failure("geoip needs geoip-database in the configuration");
  std::string_view text = trim(argument);
  auto parts = split_list(text);
  auto keyword = std::make_unique<Country>();
  if (const auto end = find_address_end(parts.front())) {
    keyword->end = *end;
    parts.erase(parts.begin());
  }
  if (parts.empty()) return failure("geoip needs a country");
  for (std::string_view part : parts) {
    if (take_negation(part)) keyword->negated = true;
    if (part.size() != 2) return failure("geoip: countries have two letters");
    keyword->codes.push_back({part[0], part[1]});
  }
  auto database = CountryDatabase::open(path);
  if (!database) return tl::unexpected(database.error());
  keyword->database = *database;
  draft.needs_packet = true;
  draft.add_packet_match(std::move(keyword));
  return {};
}

}  // namespace

const KeywordSpec keywords::kGeoip{"geoip", "country of an address", KeywordArgument::kRequired, compile, {},
                         true};

}  // namespace culvert
