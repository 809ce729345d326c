#include "protocols/nfs/nfs_names.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace culvert::nfs {
namespace {

// From 0 on.
constexpr std::string_view kVersion2[] = {
    "NULL",   "GETATTR", "SETATTR", "ROOT", "LOOKUP",  "READLINK", "READ",  "WRITECACHE", "WRITE",
    "CREATE", "REMOVE",  "RENAME",  "LINK", "SYMLINK", "MKDIR",    "RMDIR", "READDIR",    "STATFS"};
constexpr std::string_view kVersion3[] = {
    "NULL",    "GETATTR",     "SETATTR", "LOOKUP", "ACCESS",   "READLINK", "READ",   "WRITE",
    "CREATE",  "MKDIR",       "SYMLINK", "MKNOD",  "REMOVE",   "RMDIR",    "RENAME", "LINK",
    "READDIR", "READDIRPLUS", "FSSTAT",  "FSINFO", "PATHCONF", "COMMIT"};
// From ACCESS, 3, on.
constexpr std::string_view kVersion4[] = {"ACCESS",         "CLOSE",
                                          "COMMIT",         "CREATE",
                                          "DELEGPURGE",     "DELEGRETURN",
                                          "GETATTR",        "GETFH",
                                          "LINK",           "LOCK",
                                          "LOCKT",          "LOCKU",
                                          "LOOKUP",         "LOOKUPP",
                                          "NVERIFY",        "OPEN",
                                          "OPENATTR",       "OPEN_CONFIRM",
                                          "OPEN_DOWNGRADE", "PUTFH",
                                          "PUTPUBFH",       "PUTROOTFH",
                                          "READ",           "READDIR",
                                          "READLINK",       "REMOVE",
                                          "RENAME",         "RENEW",
                                          "RESTOREFH",      "SAVEFH",
                                          "SECINFO",        "SETATTR",
                                          "SETCLIENTID",    "SETCLIENTID_CONFIRM",
                                          "VERIFY",         "WRITE"};
constexpr std::pair<std::uint32_t, std::string_view> kStatuses[] = {{0, "OK"},
                                                                    {1, "ERR_PERM"},
                                                                    {2, "ERR_NOENT"},
                                                                    {5, "ERR_IO"},
                                                                    {6, "ERR_NXIO"},
                                                                    {13, "ERR_ACCES"},
                                                                    {17, "ERR_EXIST"},
                                                                    {18, "ERR_XDEV"},
                                                                    {19, "ERR_NODEV"},
                                                                    {20, "ERR_NOTDIR"},
                                                                    {21, "ERR_ISDIR"},
                                                                    {22, "ERR_INVAL"},
                                                                    {27, "ERR_FBIG"},
                                                                    {28, "ERR_NOSPC"},
                                                                    {30, "ERR_ROFS"},
                                                                    {31, "ERR_MLINK"},
                                                                    {63, "ERR_NAMETOOLONG"},
                                                                    {66, "ERR_NOTEMPTY"},
                                                                    {69, "ERR_DQUOT"},
                                                                    {70, "ERR_STALE"},
                                                                    {71, "ERR_REMOTE"},
                                                                    {10001, "ERR_BADHANDLE"},
                                                                    {10002, "ERR_NOT_SYNC"},
                                                                    {10003, "ERR_BAD_COOKIE"},
                                                                    {10004, "ERR_NOTSUPP"},
                                                                    {10005, "ERR_TOOSMALL"},
                                                                    {10006, "ERR_SERVERFAULT"},
                                                                    {10007, "ERR_BADTYPE"},
                                                                    {10008, "ERR_JUKEBOX"}};

}  // namespace

std::string name_of_procedure(std::uint32_t version, std::uint32_t procedure) {
  if (version == 2 && procedure < std::size(kVersion2)) return std::string(kVersion2[procedure]);
  if (version == 3 && procedure < std::size(kVersion3)) return std::string(kVersion3[procedure]);
  if (version == 4 && procedure >= 3 && procedure - 3 < std::size(kVersion4)) {
    return std::string(kVersion4[procedure - 3]);
  }
  return std::to_string(procedure);
}

std::string name_of_status(std::uint32_t status) {
  const auto found =
      std::ranges::find(kStatuses, status, [](const auto& known) { return known.first; });
  return found == std::end(kStatuses) ? std::to_string(status) : std::string(found->second);
}

}  // namespace culvert::nfs
