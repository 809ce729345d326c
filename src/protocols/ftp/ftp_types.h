// What FTP's transactions hold.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/transaction.h"
#include "base/arena.h"
#include "net/address.h"

namespace culvert::ftp {

enum class Event : std::uint8_t {
  kRequestCommandTooLong,
  kResponseCommandTooLong,
  kTooManyTransactions,
  kFileBeforePort,
  kFileWithoutName,
  kTooManyPreliminaryResponses,
};
inline constexpr std::array<std::string_view, 6> kEventNames{
    "request_command_too_long", "response_command_too_long", "too_many_transactions",
    "file_before_port", "file_without_name", "too_many_preliminary_responses"};

inline constexpr std::uint8_t kStarted = 0, kComplete = 1;
inline constexpr std::array<std::string_view, 2> kRequestStates{"request_started",
                                                                "request_complete"};
inline constexpr std::array<std::string_view, 2> kResponseStates{"response_started",
                                                                 "response_complete"};

/// `app-layer.protocols.ftp`
struct FtpOptions {
  std::uint32_t max_line = 4096;         ///< `max-line-length`
  std::uint32_t max_transactions = 1024;  ///< `max-tx`, without a reply
};

enum class Mode : std::uint8_t { kNone, kActive, kPassive };

/// The commands that matter here, and those that are known.
enum class Command : std::uint8_t {
  kUnknown,
  kOther,  ///< known, and no more
  kPort,
  kEprt,
  kPasv,
  kEpsv,
  kRetr,
  kStor,
  kStou,
  kAppe,
  kList,
  kNlst,
  kMlsd,
  kAuthTls,
};

/// A command and its replies. Texts view the arena.
struct FtpTransaction final : Transaction {
  Arena arena{1024};
  bool has_command = false;         ///< false: the greeting, or words that nobody asked for
  Command command = Command::kUnknown;
  std::string_view name = {};       ///< of a known command in capitals, else as sent
  std::string_view data = {};       ///< what follows the command
  bool has_data = false;
  bool command_truncated = false, reply_truncated = false;
  std::vector<std::string_view> codes, replies;
  std::optional<std::uint16_t> dynamic_port;
  IpAddress port_address;           ///< in PORT or EPRT
  Mode mode = Mode::kNone;
  std::uint16_t preliminary_replies = 0;  ///< 1yz, kept ones
  bool done = false;

  void clear() {
    static_cast<Transaction&>(*this) = Transaction{};
    arena.clear();
    has_command = has_data = command_truncated = reply_truncated = done = false;
    command = Command::kUnknown;
    name = data = {};
    codes.clear();
    replies.clear();
    dynamic_port.reset();
    mode = Mode::kNone;
    preliminary_replies = 0;
  }
};

/// A data connection.
struct FtpDataTransaction final : Transaction {
  Command command = Command::kUnknown;
  std::string_view name;  ///< "RETR"
  std::string file_name;
};

}  // namespace culvert::ftp
