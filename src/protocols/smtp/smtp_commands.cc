#include "protocols/smtp/smtp_commands.h"

#include <algorithm>
#include <charconv>

namespace culvert::smtp {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// `word` is in lower case.
bool begins_with(std::string_view line, std::string_view word) {
  return line.size() >= word.size() && std::equal(word.begin(), word.end(), line.begin(),
                                                  [](char w, char c) { return w == lower(c); });
}

/// Nothing but white space behind the word.
bool is_word(std::string_view line, std::string_view word) {
  return begins_with(line, word) &&
         (line.size() == word.size() || line[word.size()] == ' ' || line[word.size()] == '\t');
}

constexpr unsigned kReplyCodes[] = {211, 214, 220, 221, 235, 250, 251, 252, 334, 354,
                                    401, 402, 421, 435, 450, 451, 452, 454, 455, 500,
                                    501, 502, 503, 504, 511, 521, 522, 525, 530, 534,
                                    535, 541, 543, 550, 551, 552, 553, 554, 555};

std::size_t size_of_word(Command command) {
  switch (command) {
    case Command::kHelo:
      return 4;
    case Command::kMailFrom:
      return 9;
    case Command::kRcptTo:
      return 7;
    case Command::kOther:
    case Command::kData:
    case Command::kBdat:
    case Command::kReset:
    case Command::kStartTls:
    case Command::kQuit:
      break;
  }
  return 0;
}

}  // namespace

Command command_of(std::string_view line) {
  if (line.empty()) return Command::kOther;
  switch (lower(line[0])) {
    case 'h':
    case 'e':
      return begins_with(line, "helo") || begins_with(line, "ehlo") ? Command::kHelo
                                                                    : Command::kOther;
    case 'm':
      return begins_with(line, "mail from") ? Command::kMailFrom : Command::kOther;
    case 'r':
      if (begins_with(line, "rcpt to")) return Command::kRcptTo;
      return begins_with(line, "rset") ? Command::kReset : Command::kOther;
    case 'd':
      return is_word(line, "data") ? Command::kData : Command::kOther;
    case 'b':
      return is_word(line, "bdat") ? Command::kBdat : Command::kOther;
    case 's':
      return is_word(line, "starttls") ? Command::kStartTls : Command::kOther;
    case 'q':
      return is_word(line, "quit") ? Command::kQuit : Command::kOther;
    default:
      return Command::kOther;
  }
}

std::string_view argument_of(Command command, std::string_view line) {
  // One character behind the word is its colon, or the space behind HELO.
  line.remove_prefix(std::min(size_of_word(command) + 1, line.size()));
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == line.npos) return {};
  return line.substr(begin, line.find_first_of(" \t", begin) - begin);
}

std::optional<BdatChunk> parse_bdat(std::string_view line) {
  line.remove_prefix(std::min<std::size_t>(4, line.size()));
  if (!line.starts_with(' ')) return std::nullopt;
  line.remove_prefix(1);
  BdatChunk chunk;
  const char* const end = line.data() + line.size();
  const auto [stop, failure] = std::from_chars(line.data(), end, chunk.size);
  if (failure != std::errc{}) return std::nullopt;
  const std::string_view tail(stop, static_cast<std::size_t>(end - stop));
  chunk.is_last = tail.size() == 5 && begins_with(tail, " last");
  if (!chunk.is_last && !tail.empty()) return std::nullopt;
  return chunk;
}

std::optional<unsigned> parse_reply_code(std::string_view line) {
  unsigned code = 0;
  if (line.size() < 3) return std::nullopt;
  for (const char c : line.substr(0, 3)) {
    if (c < '0' || c > '9') return std::nullopt;
    code = code * 10 + static_cast<unsigned>(c - '0');
  }
  if (!std::ranges::binary_search(kReplyCodes, code)) return std::nullopt;
  return code;
}

}  // namespace culvert::smtp
