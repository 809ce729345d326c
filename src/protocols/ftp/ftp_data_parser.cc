#include "protocols/ftp/ftp_data_parser.h"

#include "app/expected_flows.h"
#include "files/file_tracker.h"
#include "protocols/ftp/ftp_commands.h"

namespace culvert::ftp {

void FtpDataParser::begin_expected(const ExpectedFlow& flow) {
  expected_ = std::make_unique<FtpDataTransaction>();
  expected_->command = static_cast<Command>(flow.kind);
  expected_->name = name_of(expected_->command);
  expected_->file_name = flow.name;
}

ParseStatus FtpDataParser::feed(const AppInput& input) {
  if (over_) return ParseStatus::kDone;
  if (!begun_) {
    begun_ = true;
    if (expected_ == nullptr) expected_ = std::make_unique<FtpDataTransaction>();
    tx_ = &keep(std::move(expected_), input.time);
    file_direction_ = input.direction;
    if (files() != nullptr && !tx_->file_name.empty()) {
      file_ = files()->open(
          tx_->files,
          {.direction = input.direction, .name = tx_->file_name, .inspection = {}, .flow = flow()});
    }
  }
  if (tx_ == nullptr) return ParseStatus::kDone;
  tx_->last_seen = input.time;
  tx_->updated[0] = tx_->updated[1] = true;
  if (file_ != nullptr && input.direction == file_direction_) files()->append(*file_, input.bytes);
  return ParseStatus::kDone;
}

ParseStatus FtpDataParser::gap(const AppInput& input, std::size_t missing) {
  if (file_ != nullptr && input.direction == file_direction_) files()->gap(*file_, missing);
  return ParseStatus::kNeedMore;
}

void FtpDataParser::finish(Direction direction) {
  if (!begun_ || over_ || direction != file_direction_) return;
  over_ = true;
  if (file_ != nullptr) files()->close(*file_);
  file_ = nullptr;
  if (tx_ == nullptr) return;
  tx_->progress = {kComplete, kComplete};
  tx_->updated[0] = tx_->updated[1] = true;
}

void FtpDataParser::free_transaction(Transaction* transaction) {
  file_ = nullptr;
  tx_ = nullptr;
  AppParser::free_transaction(transaction);
}

}  // namespace culvert::ftp
