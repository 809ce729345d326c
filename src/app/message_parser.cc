#include "app/message_parser.h"

#include <algorithm>

namespace culvert {

MessageParser::~MessageParser() {
  for (Transaction* transaction : transactions_) delete transaction;
}

void MessageParser::add(std::unique_ptr<MessageTransaction> transaction, const AppInput& input) {
  const std::size_t other = index_of(opposite(input.direction));
  transaction->direction = input.direction;
  transaction->id = next_transaction_id_++;
  transaction->progress = {kComplete, kComplete};
  transaction->inspected[other] = true;
  transaction->skip_inspection[other] = true;
  transaction->updated[other] = false;
  transaction->first_seen = transaction->last_seen = input.time;
  transactions_.push_back(transaction.release());
}

void MessageParser::free_transaction(Transaction* transaction) {
  const auto found = std::ranges::find(transactions_, transaction);
  if (found == transactions_.end()) return;
  transactions_.erase(found);
  delete transaction;
}

}  // namespace culvert
