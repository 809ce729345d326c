// POP3 (RFC 1939) with CAPA (RFC 2449), AUTH (RFC 5034) and STLS (RFC 2595): commands and their
// responses, one transaction each; the server's greeting is a response alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "app/exchange_parser.h"
#include "base/arena.h"
#include "protocols/text/line_reader.h"

namespace culvert::pop3 {

enum class Event : std::uint8_t {
  kTooManyTransactions,
  kRequestTooLong,
  kIncorrectArgumentCount,
  kUnknownCommand,
  kResponseTooLong,
};
inline constexpr std::string_view kEventNames[] = {"too_many_transactions", "request_too_long",
                                                   "incorrect_argument_count", "unknown_command",
                                                   "response_too_long"};

struct Pop3Transaction final : Transaction {
  bool has_request = false, has_response = false;
  std::string_view command;
  std::vector<std::string_view> arguments;
  bool success = false;
  std::string_view header;             ///< of the response: what follows +OK or -ERR
  std::vector<std::string_view> data;  ///< lines of a response of several, without the last
  bool is_multiline = false;           ///< such a response is expected, if it is +OK
  bool keeps_data = true;              ///< not of messages
  bool starts_tls = false, authenticates = false;
  Arena arena{256};

  void raise(Event event) { raise_anew(event); }
};

/// The parser of one flow.
class Pop3Parser final : public ExchangeParser {
 public:
  Pop3Parser();

  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  void finish(Direction direction) override;
  void free_transaction(Transaction* transaction) override;
  bool recycle() override;

 private:
  bool on_request(const Line& line);
  bool on_response(const Line& line);
  bool begin_response(const Line& line);
  Pop3Transaction* make_transaction();
  Pop3Transaction* oldest_without_response() const;
  ParseStatus give_up();

  std::array<LineReader, 2> lines_;
  std::array<bool, 2> ended_{};
  Pop3Transaction* in_data_ = nullptr;  ///< whose lines are being read
  bool skips_data_ = false;             ///< the lines are of a transaction that is gone
  bool in_sasl_ = false;                ///< the client's next line answers a challenge
  bool failed_ = false;
};

}  // namespace culvert::pop3
