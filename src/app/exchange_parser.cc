#include "app/exchange_parser.h"

namespace culvert {

void ExchangeParser::finish(Direction direction) {
  for (Transaction* const transaction : transactions_) {
    transaction->progress[index_of(direction)] = kComplete;
    transaction->updated[index_of(direction)] = true;
  }
}

void ExchangeParser::complete(Transaction& transaction) {
  transaction.progress = {kComplete, kComplete};
  transaction.updated[0] = transaction.updated[1] = true;
}

}  // namespace culvert
