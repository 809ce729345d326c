// What protocols share whose every message is a transaction of its own, in its direction.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "app/app_parser.h"
#include "app/two_states.h"

namespace culvert {

struct MessageTransaction : Transaction {
  Direction direction = Direction::kToServer;
};

/// Keeps the transactions of a flow. What derives from it makes one of a datagram and adds it.
class MessageParser : public AppParser, public TwoStates {
 public:
  static constexpr std::size_t kMostTransactions = 1024;  ///< live ones of a flow

  bool is_idle() const override { return true; }
  bool recycle() override { return true; }

 protected:
  /// No room for more: what comes is passed over until detection is through with some.
  bool is_full() const { return transactions_.size() >= kMostTransactions; }
  /// Takes a whole message, which came with `input`.
  template <class T>
  T& add(std::unique_ptr<T> transaction, const AppInput& input) {
    return add(std::move(transaction), input.direction, input.time);
  }
  template <class T>
  T& add(std::unique_ptr<T> transaction, Direction direction, Timestamp time) {
    settle(*transaction, direction);
    return keep(std::move(transaction), time);
  }

 private:
  static void settle(MessageTransaction& transaction, Direction direction);
};

}  // namespace culvert
