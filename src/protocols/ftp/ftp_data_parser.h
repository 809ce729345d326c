// A data connection of FTP: one transaction, and the file that it carries. Lists of folders are files
// without a name, and not tracked.
#pragma once

#include <memory>

#include "app/app_parser.h"
#include "files/file.h"
#include "protocols/ftp/ftp_types.h"

namespace culvert::ftp {

class FtpDataParser final : public AppParser {
 public:
  void begin_expected(const ExpectedFlow& flow) override;
  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  void finish(Direction direction) override;
  void free_transaction(Transaction* transaction) override;

 private:
  std::unique_ptr<FtpDataTransaction> expected_;  ///< until the first bytes
  FtpDataTransaction* tx_ = nullptr;              ///< null: freed, or not begun
  File* file_ = nullptr;
  Direction file_direction_ = Direction::kToServer;
  bool begun_ = false, over_ = false;
};

}  // namespace culvert::ftp
