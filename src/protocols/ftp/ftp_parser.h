// The control connection of FTP (RFC 959): lines of both sides to transactions, one a command.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/app_parser.h"
#include "app/transaction_pool.h"
#include "protocols/ftp/ftp_commands.h"
#include "protocols/ftp/ftp_types.h"
#include "protocols/text/line_reader.h"

namespace culvert::ftp {

/// The parser of one flow. `options` outlive it.
class FtpParser final : public AppParser {
 public:
  explicit FtpParser(const FtpOptions& options);

  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  void finish(Direction direction) override;
  void free_transaction(Transaction* transaction) override;
  bool recycle() override;

 private:
  static constexpr std::size_t kMaxReplies = 1024;  ///< lines kept of a transaction

  bool on_command(const Line& line, const AppInput& input);
  void on_transfer(FtpTransaction& transaction, const AppInput& input);
  bool on_reply(const Line& line);
  void on_code(FtpTransaction& transaction, std::string_view code, std::string_view text);
  void complete(FtpTransaction& transaction);
  FtpTransaction* oldest_open() const;
  FtpTransaction& add_transaction();
  ParseStatus give_up();

  const FtpOptions& options_;
  std::array<LineReader, 2> lines_;
  FtpTransaction* last_replied_ = nullptr;  ///< whose reply may go on
  std::string multi_code_;                  ///< "211" between "211-" and "211 "
  Mode mode_ = Mode::kNone;                 ///< of the data connection that comes next
  std::uint16_t dynamic_port_ = 0;          ///< 0: none was announced
  Timestamp time_{};
  bool failed_ = false;
  TransactionPool<FtpTransaction, 8> pool_;
};

}  // namespace culvert::ftp
