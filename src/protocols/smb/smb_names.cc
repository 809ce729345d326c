#include "protocols/smb/smb_names.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <utility>

namespace culvert::smb {
namespace {

using Name = std::pair<std::uint32_t, std::string_view>;

/// Of a list in the order of numbers; empty: not there.
template <std::size_t kSize>
std::string_view find(const Name (&names)[kSize], std::uint32_t number) {
  const auto found = std::ranges::lower_bound(names, number, {}, &Name::first);
  return found == std::end(names) || found->first != number ? std::string_view{} : found->second;
}
template <std::size_t kSize>
constexpr bool is_sorted(const Name (&names)[kSize]) {
  return std::ranges::is_sorted(names, {}, &Name::first);
}

constexpr Name kSmb1Commands[] = {{0x00, "CREATE_DIRECTORY"},
                                  {0x01, "DELETE_DIRECTORY"},
                                  {0x02, "OPEN"},
                                  {0x03, "CREATE"},
                                  {0x04, "CLOSE"},
                                  {0x05, "FLUSH"},
                                  {0x06, "DELETE"},
                                  {0x07, "RENAME"},
                                  {0x08, "QUERY_INFORMATION"},
                                  {0x09, "SET_INFORMATION"},
                                  {0x0a, "READ"},
                                  {0x0b, "WRITE"},
                                  {0x0c, "LOCK_BYTE_RANGE"},
                                  {0x0d, "UNLOCK_BYTE_RANGE"},
                                  {0x0e, "CREATE_TEMPORARY"},
                                  {0x0f, "CREATE_NEW"},
                                  {0x10, "CHECK_DIRECTORY"},
                                  {0x11, "PROCESS_EXIT"},
                                  {0x12, "SEEK"},
                                  {0x13, "LOCK_AND_READ"},
                                  {0x14, "WRITE_AND_UNLOCK"},
                                  {0x1a, "READ_RAW"},
                                  {0x1b, "READ_MPX"},
                                  {0x1c, "READ_MPX_SECONDARY"},
                                  {0x1d, "WRITE_RAW"},
                                  {0x1e, "WRITE_MPX"},
                                  {0x1f, "WRITE_MPX_SECONDARY"},
                                  {0x20, "WRITE_COMPLETE"},
                                  {0x21, "QUERY_SERVER"},
                                  {0x22, "SET_INFORMATION2"},
                                  {0x23, "QUERY_INFORMATION2"},
                                  {0x24, "LOCKING_ANDX"},
                                  {0x25, "TRANS"},
                                  {0x26, "TRANS_SECONDARY"},
                                  {0x27, "IOCTL"},
                                  {0x28, "IOCTL_SECONDARY"},
                                  {0x29, "COPY"},
                                  {0x2a, "MOVE"},
                                  {0x2b, "ECHO"},
                                  {0x2c, "WRITE_AND_CLOSE"},
                                  {0x2d, "OPEN_ANDX"},
                                  {0x2e, "READ_ANDX"},
                                  {0x2f, "WRITE_ANDX"},
                                  {0x30, "NEW_FILE_SIZE"},
                                  {0x31, "CLOSE_AND_TREE_DISC"},
                                  {0x32, "TRANS2"},
                                  {0x33, "TRANS2_SECONDARY"},
                                  {0x34, "FIND_CLOSE2"},
                                  {0x35, "FIND_NOTIFY_CLOSE"},
                                  {0x70, "TREE_CONNECT"},
                                  {0x71, "TREE_DISCONNECT"},
                                  {0x72, "NEGOTIATE_PROTOCOL"},
                                  {0x73, "SESSION_SETUP_ANDX"},
                                  {0x74, "LOGOFF_ANDX"},
                                  {0x75, "TREE_CONNECT_ANDX"},
                                  {0x7e, "SECURITY_PACKAGE_ANDX"},
                                  {0x80, "QUERY_INFO_DISK"},
                                  {0x81, "SEARCH"},
                                  {0x82, "FIND"},
                                  {0x83, "FIND_UNIQUE"},
                                  {0x84, "FIND_CLOSE"},
                                  {0xa0, "NT_TRANS"},
                                  {0xa1, "NT_TRANS_SECONDARY"},
                                  {0xa2, "NT_CREATE_ANDX"},
                                  {0xa4, "NT_CANCEL"},
                                  {0xa5, "NT_RENAME"},
                                  {0xc0, "OPEN_PRINT_FILE"},
                                  {0xc1, "WRITE_PRINT_FILE"},
                                  {0xc2, "CLOSE_PRINT_FILE"},
                                  {0xc3, "GET_PRINT_QUEUE"},
                                  {0xd8, "READ_BULK"},
                                  {0xd9, "WRITE_BULK"},
                                  {0xda, "WRITE_BULK_DATA"},
                                  {0xfe, "INVALID"},
                                  {0xff, "NO_ANDX_COMMAND"}};
static_assert(is_sorted(kSmb1Commands));

constexpr std::string_view kSmb2Commands[] = {"NEGOTIATE_PROTOCOL",
                                              "SESSION_SETUP",
                                              "SESSION_LOGOFF",
                                              "TREE_CONNECT",
                                              "TREE_DISCONNECT",
                                              "CREATE",
                                              "CLOSE",
                                              "FLUSH",
                                              "READ",
                                              "WRITE",
                                              "LOCK",
                                              "IOCTL",
                                              "CANCEL",
                                              "KEEPALIVE",
                                              "FIND",
                                              "CHANGE_NOTIFY",
                                              "GET_INFO",
                                              "SET_INFO",
                                              "OPLOCK_BREAK"};

constexpr Name kStatuses[] = {{0x00000000, "STATUS_SUCCESS"},
                              {0x00000103, "STATUS_PENDING"},
                              {0x00000104, "STATUS_REPARSE"},
                              {0x00000105, "STATUS_MORE_ENTRIES"},
                              {0x00000106, "STATUS_NOT_ALL_ASSIGNED"},
                              {0x00000107, "STATUS_SOME_NOT_MAPPED"},
                              {0x00000108, "STATUS_OPLOCK_BREAK_IN_PROGRESS"},
                              {0x0000010b, "STATUS_NOTIFY_CLEANUP"},
                              {0x0000010c, "STATUS_NOTIFY_ENUM_DIR"},
                              {0x80000005, "STATUS_BUFFER_OVERFLOW"},
                              {0x80000006, "STATUS_NO_MORE_FILES"},
                              {0x8000000b, "STATUS_NO_MORE_EAS"},
                              {0x80000014, "STATUS_EA_LIST_INCONSISTENT"},
                              {0x8000001a, "STATUS_NO_MORE_ENTRIES"},
                              {0x8000002d, "STATUS_STOPPED_ON_SYMLINK"},
                              {0xc0000001, "STATUS_UNSUCCESSFUL"},
                              {0xc0000002, "STATUS_NOT_IMPLEMENTED"},
                              {0xc0000003, "STATUS_INVALID_INFO_CLASS"},
                              {0xc0000004, "STATUS_INFO_LENGTH_MISMATCH"},
                              {0xc0000005, "STATUS_ACCESS_VIOLATION"},
                              {0xc0000008, "STATUS_INVALID_HANDLE"},
                              {0xc000000d, "STATUS_INVALID_PARAMETER"},
                              {0xc000000e, "STATUS_NO_SUCH_DEVICE"},
                              {0xc000000f, "STATUS_NO_SUCH_FILE"},
                              {0xc0000010, "STATUS_INVALID_DEVICE_REQUEST"},
                              {0xc0000011, "STATUS_END_OF_FILE"},
                              {0xc0000012, "STATUS_WRONG_VOLUME"},
                              {0xc0000013, "STATUS_NO_MEDIA_IN_DEVICE"},
                              {0xc0000016, "STATUS_MORE_PROCESSING_REQUIRED"},
                              {0xc0000017, "STATUS_NO_MEMORY"},
                              {0xc000001e, "STATUS_INVALID_LOCK_SEQUENCE"},
                              {0xc000001f, "STATUS_INVALID_VIEW_SIZE"},
                              {0xc0000021, "STATUS_ALREADY_COMMITTED"},
                              {0xc0000022, "STATUS_ACCESS_DENIED"},
                              {0xc0000023, "STATUS_BUFFER_TOO_SMALL"},
                              {0xc0000024, "STATUS_OBJECT_TYPE_MISMATCH"},
                              {0xc0000033, "STATUS_OBJECT_NAME_INVALID"},
                              {0xc0000034, "STATUS_OBJECT_NAME_NOT_FOUND"},
                              {0xc0000035, "STATUS_OBJECT_NAME_COLLISION"},
                              {0xc0000037, "STATUS_PORT_DISCONNECTED"},
                              {0xc0000039, "STATUS_OBJECT_PATH_INVALID"},
                              {0xc000003a, "STATUS_OBJECT_PATH_NOT_FOUND"},
                              {0xc000003b, "STATUS_OBJECT_PATH_SYNTAX_BAD"},
                              {0xc000003e, "STATUS_DATA_ERROR"},
                              {0xc000003f, "STATUS_CRC_ERROR"},
                              {0xc0000040, "STATUS_SECTION_TOO_BIG"},
                              {0xc0000041, "STATUS_PORT_CONNECTION_REFUSED"},
                              {0xc0000042, "STATUS_INVALID_PORT_HANDLE"},
                              {0xc0000043, "STATUS_SHARING_VIOLATION"},
                              {0xc000004b, "STATUS_THREAD_IS_TERMINATING"},
                              {0xc000004f, "STATUS_EAS_NOT_SUPPORTED"},
                              {0xc0000050, "STATUS_EA_TOO_LARGE"},
                              {0xc0000054, "STATUS_FILE_LOCK_CONFLICT"},
                              {0xc0000055, "STATUS_LOCK_NOT_GRANTED"},
                              {0xc0000056, "STATUS_DELETE_PENDING"},
                              {0xc0000061, "STATUS_PRIVILEGE_NOT_HELD"},
                              {0xc0000064, "STATUS_NO_SUCH_USER"},
                              {0xc000006a, "STATUS_WRONG_PASSWORD"},
                              {0xc000006b, "STATUS_ILL_FORMED_PASSWORD"},
                              {0xc000006c, "STATUS_PASSWORD_RESTRICTION"},
                              {0xc000006d, "STATUS_LOGON_FAILURE"},
                              {0xc000006e, "STATUS_ACCOUNT_RESTRICTION"},
                              {0xc000006f, "STATUS_INVALID_LOGON_HOURS"},
                              {0xc0000070, "STATUS_INVALID_WORKSTATION"},
                              {0xc0000071, "STATUS_PASSWORD_EXPIRED"},
                              {0xc0000072, "STATUS_ACCOUNT_DISABLED"},
                              {0xc0000073, "STATUS_NONE_MAPPED"},
                              {0xc000007a, "STATUS_PROCEDURE_NOT_FOUND"},
                              {0xc000007e, "STATUS_RANGE_NOT_LOCKED"},
                              {0xc000007f, "STATUS_DISK_FULL"},
                              {0xc0000098, "STATUS_FILE_INVALID"},
                              {0xc000009a, "STATUS_INSUFFICIENT_RESOURCES"},
                              {0xc000009c, "STATUS_DEVICE_DATA_ERROR"},
                              {0xc00000a2, "STATUS_MEDIA_WRITE_PROTECTED"},
                              {0xc00000a3, "STATUS_DEVICE_NOT_READY"},
                              {0xc00000ab, "STATUS_INSTANCE_NOT_AVAILABLE"},
                              {0xc00000ac, "STATUS_PIPE_NOT_AVAILABLE"},
                              {0xc00000ad, "STATUS_INVALID_PIPE_STATE"},
                              {0xc00000ae, "STATUS_PIPE_BUSY"},
                              {0xc00000af, "STATUS_ILLEGAL_FUNCTION"},
                              {0xc00000b0, "STATUS_PIPE_DISCONNECTED"},
                              {0xc00000b1, "STATUS_PIPE_CLOSING"},
                              {0xc00000b2, "STATUS_PIPE_CONNECTED"},
                              {0xc00000b3, "STATUS_PIPE_LISTENING"},
                              {0xc00000b4, "STATUS_INVALID_READ_MODE"},
                              {0xc00000b5, "STATUS_IO_TIMEOUT"},
                              {0xc00000b6, "STATUS_FILE_FORCED_CLOSED"},
                              {0xc00000ba, "STATUS_FILE_IS_A_DIRECTORY"},
                              {0xc00000bb, "STATUS_NOT_SUPPORTED"},
                              {0xc00000be, "STATUS_BAD_NETWORK_PATH"},
                              {0xc00000c0, "STATUS_DEVICE_DOES_NOT_EXIST"},
                              {0xc00000c4, "STATUS_UNEXPECTED_NETWORK_ERROR"},
                              {0xc00000c9, "STATUS_NETWORK_NAME_DELETED"},
                              {0xc00000ca, "STATUS_NETWORK_ACCESS_DENIED"},
                              {0xc00000cb, "STATUS_BAD_DEVICE_TYPE"},
                              {0xc00000cc, "STATUS_BAD_NETWORK_NAME"},
                              {0xc00000ce, "STATUS_TOO_MANY_SESSIONS"},
                              {0xc00000d0, "STATUS_REQUEST_NOT_ACCEPTED"},
                              {0xc00000d4, "STATUS_NOT_SAME_DEVICE"},
                              {0xc00000d5, "STATUS_FILE_RENAMED"},
                              {0xc00000d8, "STATUS_CANT_WAIT"},
                              {0xc00000d9, "STATUS_PIPE_EMPTY"},
                              {0xc00000e3, "STATUS_OPLOCK_NOT_GRANTED"},
                              {0xc00000e9, "STATUS_UNEXPECTED_IO_ERROR"},
                              {0xc00000fb, "STATUS_REDIRECTOR_NOT_STARTED"},
                              {0xc0000101, "STATUS_DIRECTORY_NOT_EMPTY"},
                              {0xc0000103, "STATUS_NOT_A_DIRECTORY"},
                              {0xc000010a, "STATUS_PROCESS_IS_TERMINATING"},
                              {0xc000011f, "STATUS_TOO_MANY_OPENED_FILES"},
                              {0xc0000120, "STATUS_CANCELLED"},
                              {0xc0000121, "STATUS_CANNOT_DELETE"},
                              {0xc0000123, "STATUS_FILE_DELETED"},
                              {0xc0000128, "STATUS_FILE_CLOSED"},
                              {0xc0000130, "STATUS_INVALID_SERVER_STATE"},
                              {0xc000014b, "STATUS_PIPE_BROKEN"},
                              {0xc000015b, "STATUS_LOGON_TYPE_NOT_GRANTED"},
                              {0xc000018d, "STATUS_TRUSTED_RELATIONSHIP_FAILURE"},
                              {0xc0000190, "STATUS_TRUST_FAILURE"},
                              {0xc0000193, "STATUS_ACCOUNT_EXPIRED"},
                              {0xc000019c, "STATUS_FS_DRIVER_REQUIRED"},
                              {0xc0000199, "STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT"},
                              {0xc00001ad, "STATUS_INSUFF_SERVER_RESOURCES"},
                              {0xc0000203, "STATUS_USER_SESSION_DELETED"},
                              {0xc0000205, "STATUS_INSUFF_SERVER_RESOURCES"},
                              {0xc000020c, "STATUS_CONNECTION_DISCONNECTED"},
                              {0xc0000224, "STATUS_PASSWORD_MUST_CHANGE"},
                              {0xc0000225, "STATUS_NOT_FOUND"},
                              {0xc0000233, "STATUS_DOMAIN_CONTROLLER_NOT_FOUND"},
                              {0xc0000234, "STATUS_ACCOUNT_LOCKED_OUT"},
                              {0xc0000235, "STATUS_HANDLE_NOT_CLOSABLE"},
                              {0xc000023c, "STATUS_NETWORK_UNREACHABLE"},
                              {0xc0000257, "STATUS_PATH_NOT_COVERED"},
                              {0xc000035c, "STATUS_NETWORK_SESSION_EXPIRED"},
                              {0xc00002ea, "STATUS_CANNOT_MAKE"}};

constexpr Name kFunctions[] = {{0x00060194, "FSCTL_DFS_GET_REFERRALS"},
                               {0x000601b0, "FSCTL_DFS_GET_REFERRALS_EX"},
                               {0x00090000, "FSCTL_REQUEST_OPLOCK_LEVEL_1"},
                               {0x0009003c, "FSCTL_GET_COMPRESSION"},
                               {0x00090078, "FSCTL_IS_VOLUME_DIRTY"},
                               {0x000900a4, "FSCTL_SET_REPARSE_POINT"},
                               {0x000900a8, "FSCTL_GET_REPARSE_POINT"},
                               {0x000900ac, "FSCTL_DELETE_REPARSE_POINT"},
                               {0x000900c0, "FSCTL_CREATE_OR_GET_OBJECT_ID"},
                               {0x000900c4, "FSCTL_SET_SPARSE"},
                               {0x000940cf, "FSCTL_QUERY_ALLOCATED_RANGES"},
                               {0x000980c8, "FSCTL_SET_ZERO_DATA"},
                               {0x0009c040, "FSCTL_SET_COMPRESSION"},
                               {0x0011400c, "FSCTL_PIPE_PEEK"},
                               {0x00110018, "FSCTL_PIPE_WAIT"},
                               {0x0011c017, "FSCTL_PIPE_TRANSCEIVE"},
                               {0x001401d4, "FSCTL_LMR_REQUEST_RESILIENCY"},
                               {0x001401fc, "FSCTL_QUERY_NETWORK_INTERFACE_INFO"},
                               {0x00140204, "FSCTL_VALIDATE_NEGOTIATE_INFO"},
                               {0x00140078, "FSCTL_SRV_REQUEST_RESUME_KEY"},
                               {0x001440f2, "FSCTL_SRV_COPYCHUNK"},
                               {0x00144064, "FSCTL_SRV_ENUMERATE_SNAPSHOTS"},
                               {0x001441bb, "FSCTL_SRV_READ_HASH"},
                               {0x001480f2, "FSCTL_SRV_COPYCHUNK_WRITE"}};

}  // namespace

std::string name_of_command(unsigned version, std::uint16_t command) {
  if (version == 1) {
    const std::string_view name = find(kSmb1Commands, command);
    if (!name.empty()) return "SMB1_COMMAND_" + std::string(name);
  } else if (command < std::size(kSmb2Commands)) {
    return "SMB2_COMMAND_" + std::string(kSmb2Commands[command]);
  }
  return std::to_string(command);
}

std::string_view name_of_status(std::uint32_t status) {
  const auto found = std::ranges::find(kStatuses, status, &Name::first);
  return found == std::end(kStatuses) ? std::string_view{} : found->second;
}

std::string_view name_of_dos_error(std::uint8_t error_class, std::uint16_t code) {
  constexpr Name kDos[] = {
      {1, "ERRDOS_ERRbadfunc"}, {2, "ERRDOS_ERRbadfile"},    {3, "ERRDOS_ERRbadpath"},
      {4, "ERRDOS_ERRnofids"},  {5, "ERRDOS_ERRnoaccess"},   {6, "ERRDOS_ERRbadfid"},
      {8, "ERRDOS_ERRnomem"},   {18, "ERRDOS_ERRnofiles"},   {32, "ERRDOS_ERRbadshare"},
      {33, "ERRDOS_ERRlock"},   {80, "ERRDOS_ERRfilexists"}, {87, "ERRDOS_ERRinvalidparam"}};
  constexpr Name kServer[] = {{1, "ERRSRV_ERRerror"},      {2, "ERRSRV_ERRbadpw"},
                              {4, "ERRSRV_ERRaccess"},     {5, "ERRSRV_ERRinvtid"},
                              {6, "ERRSRV_ERRinvnetname"}, {91, "ERRSRV_ERRbaduid"}};
  if (error_class == 0 || error_class == 1) return find(kDos, code);
  return error_class == 2 ? find(kServer, code) : std::string_view{};
}

std::string name_of_dialect(std::uint16_t dialect) {
  constexpr Name kDialects[] = {{0x0202, "2.02"}, {0x0210, "2.10"}, {0x0222, "2.22"},
                                {0x0224, "2.24"}, {0x02ff, "2.??"}, {0x0300, "3.00"},
                                {0x0302, "3.02"}, {0x0310, "3.10"}, {0x0311, "3.11"}};
  const std::string_view name = find(kDialects, dialect);
  return name.empty() ? std::to_string(dialect) : std::string(name);
}

std::string name_of_function(std::uint32_t function) {
  const auto found = std::ranges::find(kFunctions, function, &Name::first);
  if (found != std::end(kFunctions)) return std::string(found->second);
  char text[16];
  const int size = std::snprintf(text, sizeof text, "0x%08x", function);
  return {text, static_cast<std::size_t>(size)};
}

std::string_view name_of_disposition(std::uint32_t disposition) {
  constexpr std::string_view kNames[] = {"FILE_SUPERSEDE", "FILE_OPEN",      "FILE_CREATE",
                                         "FILE_OPEN_IF",   "FILE_OVERWRITE", "FILE_OVERWRITE_IF"};
  return disposition < std::size(kNames) ? kNames[disposition] : std::string_view("UNKNOWN");
}

}  // namespace culvert::smb
