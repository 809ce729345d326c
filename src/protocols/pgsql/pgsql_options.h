#pragma once

#include <cstdint>

namespace culvert::pgsql {

/// `app-layer.protocols.pgsql`.
struct PgsqlOptions {
  std::uint32_t max_transactions = 1024;  ///< `max-tx`: live ones of a flow
  std::uint32_t max_responses = 64;       ///< `max-responses`: kept of a transaction
};

}  // namespace culvert::pgsql
