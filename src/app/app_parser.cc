#include "app/app_parser.h"

#include <algorithm>

namespace culvert {

AppParser::~AppParser() {
  for (const Transaction* transaction : transactions_) delete transaction;
}

bool AppParser::take_out(const Transaction* transaction) {
  const auto found = std::ranges::find(transactions_, transaction);
  if (found == transactions_.end()) return false;
  transactions_.erase(found);
  return true;
}

void AppParser::free_transaction(Transaction* transaction) {
  if (take_out(transaction)) delete transaction;
}

}  // namespace culvert
