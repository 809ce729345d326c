#include "protocols/ftp/ftp_commands.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii_case.h"

namespace culvert::ftp {
namespace {

struct Known {
  std::string_view name;
  Command command = Command::kOther;
};
constexpr Known kKnown[] = {
    {"USER"}, {"PASS"}, {"ACCT"}, {"CWD"},  {"CDUP"}, {"SMNT"}, {"REIN"}, {"QUIT"},
    {"TYPE"}, {"STRU"}, {"MODE"}, {"ALLO"}, {"REST"}, {"RNFR"}, {"RNTO"}, {"ABOR"},
    {"DELE"}, {"RMD"},  {"MKD"},  {"PWD"},  {"SITE"}, {"SYST"}, {"STAT"}, {"HELP"},
    {"NOOP"}, {"SIZE"}, {"MDTM"},
    {"PORT", Command::kPort}, {"EPRT", Command::kEprt}, {"PASV", Command::kPasv},
    {"EPSV", Command::kEpsv}, {"RETR", Command::kRetr}, {"STOR", Command::kStor},
    {"STOU", Command::kStou}, {"APPE", Command::kAppe}, {"LIST", Command::kList},
    {"NLST", Command::kNlst}, {"MLSD", Command::kMlsd}, {"AUTH TLS", Command::kAuthTls},
};

bool equal_nocase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return ascii_lower(static_cast<std::uint8_t>(x)) ==
                  ascii_lower(static_cast<std::uint8_t>(y));
         });
}

/// Decimal digits at the front of `text`, which shrinks; nothing: none, or too large.
std::optional<unsigned> take_number(std::string_view& text, unsigned highest) {
  unsigned value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || value > highest) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

}  // namespace

CommandWord parse_command(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    for (const Known& known : kKnown) {
      const std::size_t size = known.name.size();
      if (line.size() - at < size || !equal_nocase(line.substr(at, size), known.name)) continue;
      CommandWord word{known.command, known.name, {}, line.size() > size};
      if (word.has_data) word.data = line.substr(size + 1);
      return word;
    }
  }
  const std::size_t end = std::min(line.find(' '), line.size());
  CommandWord word{Command::kUnknown, line.substr(0, end), {}, end < line.size()};
  if (word.has_data) word.data = line.substr(end + 1);
  return word;
}

std::string_view name_of(Command command) {
  for (const Known& known : kKnown) {
    if (known.command == command && command != Command::kOther) return known.name;
  }
  return {};
}

std::optional<PortArgument> parse_port(std::string_view text) {
  std::array<unsigned, 6> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i != 0) {
      if (text.empty() || text.front() != ',') return std::nullopt;
      text.remove_prefix(1);
    }
    const auto number = take_number(text, 255);
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  PortArgument result;
  result.address =
      IpAddress::v4(numbers[0] << 24 | numbers[1] << 16 | numbers[2] << 8 | numbers[3]);
  result.port = static_cast<std::uint16_t>(numbers[4] << 8 | numbers[5]);
  return result;
}

std::optional<PortArgument> parse_eprt(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const char bar = text.front();
  text.remove_prefix(1);
  const char family = text.front();
  text.remove_prefix(1);
  if ((family != '1' && family != '2') || text.empty() || text.front() != bar) return std::nullopt;
  text.remove_prefix(1);
  const std::size_t end = text.find(bar);
  if (end == std::string_view::npos) return std::nullopt;
  const auto address = IpAddress::parse(text.substr(0, end));
  text.remove_prefix(end + 1);
  const auto port = take_number(text, 65535);
  if (!address || !port) return std::nullopt;
  return PortArgument{*address, static_cast<std::uint16_t>(*port)};
}

std::optional<PortArgument> parse_pasv_reply(std::string_view text) {
  const std::size_t open = text.find('(');
  if (open != std::string_view::npos) return parse_port(text.substr(open + 1));
  // Some servers leave the brackets out (RFC 1123 section 4.1.2.6).
  const std::size_t digit = text.find_first_of("0123456789");
  return digit == std::string_view::npos ? std::nullopt : parse_port(text.substr(digit));
}

std::optional<std::uint16_t> parse_epsv_reply(std::string_view text) {
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos || text.size() < open + 5) return std::nullopt;
  const char bar = text[open + 1];
  if (text[open + 2] != bar || text[open + 3] != bar) return std::nullopt;
  text.remove_prefix(open + 4);
  const auto port = take_number(text, 65535);
  if (!port) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

}  // namespace culvert::ftp
