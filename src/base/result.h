// Errors of the control path (config, rules, sockets, start-up). The packet path has none of these:
// there, outcomes are enums and counters.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace culvert {

/// Why something could not be done, for the operator.
struct Error {
  std::string message;     ///< what is wrong, and what would have been right
  std::string where = {};  ///< "local.rules:12:34", or empty

  /// "where: message", or the message alone.
  std::string text() const { return where.empty() ? message : where + ": " + message; }
};

/// A value, or why there is none. std::expected's interface.
template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(std::string message, std::string where = {}) {
  return tl::unexpected<Error>(Error{std::move(message), std::move(where)});
}

/// Collects what is wrong with a whole file, so that loading never stops at the first complaint.
struct Complaints {
  std::vector<Error> errors;
  std::vector<Error> warnings;

  void error(std::string message, std::string where = {}) {
    errors.push_back({std::move(message), std::move(where)});
  }
  void warning(std::string message, std::string where = {}) {
    warnings.push_back({std::move(message), std::move(where)});
  }
  bool ok() const { return errors.empty(); }
};

}  // namespace culvert
