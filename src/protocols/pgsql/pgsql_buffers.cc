#include "protocols/pgsql/pgsql_buffers.h"

#include "protocols/pgsql/pgsql_transaction.h"

namespace culvert::pgsql {
namespace {

std::optional<Bytes> get_query(const BufferRequest& r) {
  const Request& request = static_cast<const PgsqlTransaction&>(r.transaction).request;
  if (request.kind != RequestKind::kQuery) return std::nullopt;
  return as_bytes(request.text);
}

}  // namespace

const BufferSpec kPgsqlBuffers[1] = {{.name = "pgsql.query",
                                      .description = "text of a simple query to PostgreSQL",
                                      .proto = AppProto::kPgsql,
                                      .to_server = {true, 0},
                                      .get = get_query}};

}  // namespace culvert::pgsql
