// Bodies of messages, read into a transaction. Each says whether the body is well-formed; what came
// before a fault is kept.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/byte_cursor.h"
#include "protocols/pgsql/message_reader.h"
#include "protocols/pgsql/pgsql_transaction.h"

namespace culvert::pgsql {

/// The text up to a NUL, which is taken too; all of it when there is none.
std::string_view take_text(ByteCursor& in);

/// Names and values of a StartupMessage, behind its version.
bool read_startup(ByteCursor in, PgsqlTransaction& tx);
/// SASLInitialResponse.
bool read_sasl_initial(const RawMessage& message, PgsqlTransaction& tx);
/// ErrorResponse.
bool read_error(const RawMessage& message, PgsqlTransaction& tx);
/// ParameterStatus.
bool read_parameter(const RawMessage& message, PgsqlTransaction& tx);
/// RowDescription.
Columns read_row_description(const RawMessage& message);
/// CopyInResponse, CopyOutResponse; nothing: it is too short for one.
std::optional<Columns> read_copy_columns(const RawMessage& message);
/// DataRow: adds its size to the transaction's.
bool read_row(const RawMessage& message, PgsqlTransaction& tx);

}  // namespace culvert::pgsql
