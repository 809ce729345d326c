// Used transactions of a parser, kept with their memory for the next ones.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace culvert {

/// `T::clear()` makes a transaction as new; at most `kMost` are kept.
template <class T, std::size_t kMost>
class TransactionPool {
 public:
  /// One that was given back, or one made of `args`.
  template <class... Args>
  std::unique_ptr<T> take(Args&&... args) {
    if (free_.empty()) return std::make_unique<T>(std::forward<Args>(args)...);
    auto transaction = std::move(free_.back());
    free_.pop_back();
    return transaction;
  }
  void give(std::unique_ptr<T> transaction) {
    if (free_.size() >= kMost) return;
    transaction->clear();
    free_.push_back(std::move(transaction));
  }

 private:
  std::vector<std::unique_ptr<T>> free_;
};

}  // namespace culvert
