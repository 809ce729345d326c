#include "protocols/ftp/ftp_data_parser.h"

#include "app/expected_flows.h"
#include "files/file_tracker.h"
#include "protocols/ftp/ftp_commands.h"

namespace culvert::ftp {

FtpDataParser::~FtpDataParser() = default;

void FtpDataParser::begin_expected(const ExpectedFlow& flow) {
  transaction_.command = static_cast<Command>(flow.kind);
  transaction_.name = name_of(transaction_.command);
  transaction_.file_name = flow.name;
}

ParseStatus FtpDataParser::feed(const AppInput& input) {
  if (over_) return ParseStatus::kDone;
  if (!begun_) {
    begun_ = true;
    transaction_.id = next_transaction_id_++;
    transaction_.first_seen = input.time;
    transactions_.push_back(&transaction_);
    file_direction_ = input.direction;
    if (files() != nullptr && !transaction_.file_name.empty()) {
      file_ = files()->open(transaction_.files, {.direction = input.direction,
                                                 .name = transaction_.file_name,
                                                 .inspection = {},
                                                 .flow = flow()});
    }
  }
  transaction_.last_seen = input.time;
  transaction_.updated[0] = transaction_.updated[1] = true;
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
  transaction_.progress = {kComplete, kComplete};
  transaction_.updated[0] = transaction_.updated[1] = true;
}

void FtpDataParser::free_transaction(Transaction* transaction) {
  std::erase(transactions_, transaction);
  file_ = nullptr;
}

bool FtpDataParser::recycle() { return false; }

}  // namespace culvert::ftp
