#include "app/message_parser.h"

namespace culvert {

void MessageParser::settle(MessageTransaction& transaction, Direction direction) {
  const std::size_t other = index_of(opposite(direction));
  transaction.direction = direction;
  transaction.progress = {kComplete, kComplete};
  transaction.inspected[other] = true;
  transaction.skip_inspection[other] = true;
  transaction.updated[other] = false;
}

}  // namespace culvert
