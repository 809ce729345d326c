// What protocols share whose requests and responses make transactions together.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "app/app_parser.h"
#include "app/two_states.h"

namespace culvert {

class ExchangeParser : public AppParser, public TwoStates {
 public:
  /// Nothing more comes of this side: it is complete in all transactions.
  void finish(Direction direction) override;

 protected:
  /// A new one, its request complete. Null where there are `most`: the newest has `too_many` then.
  template <class T, class Event>
  T* begin(std::size_t most, Event too_many) {
    if (is_full(most, too_many)) return nullptr;
    auto transaction = std::make_unique<T>();
    transaction->progress[index_of(Direction::kToServer)] = kComplete;
    return &keep(std::move(transaction), time_);
  }
  template <class Event>
  bool is_full(std::size_t most, Event too_many) {
    if (transactions_.size() < most) return false;
    if (!transactions_.empty()) transactions_.back()->raise(too_many);
    return true;
  }
  /// Both sides have said all.
  static void complete(Transaction& transaction);

  Timestamp time_{};  ///< of the input in hand: set by feed()
};

}  // namespace culvert
