// suricata.file: the file at hand; in output scripts.

#include <array>

#include "eve/records_file.h"
#include "files/file.h"
#include "lua/library.h"

namespace culvert::lua {
namespace {

constexpr char kType[] = "suricata:file";

const File& file_of(lua_State* state) {
  luaL_checkudata(state, 1, kType);
  const File* const file = script_of(state).view.file;
  if (file == nullptr) luaL_error(state, "no file");
  return *file;
}

int file_id(lua_State* state) {
  lua_pushinteger(state, file_of(state).id);
  return 1;
}
int tx_id(lua_State* state) {
  luaL_checkudata(state, 1, kType);
  const Transaction* const transaction = script_of(state).view.transaction;
  lua_pushinteger(state,
                  transaction == nullptr ? 0 : static_cast<lua_Integer>(transaction->id));
  return 1;
}
int name(lua_State* state) { return push_text(state, file_of(state).name); }
int size(lua_State* state) {
  lua_pushinteger(state, static_cast<lua_Integer>(file_of(state).size));
  return 1;
}
int magic(lua_State* state) {
  const std::string& text = file_of(state).magic();
  return push_text_or_nil(state, text.empty() ? std::string_view{} : text);
}

template <DigestKind kKind>
int digest(lua_State* state) {
  const Bytes value = file_of(state).digests.value(kKind);
  if (value.empty()) {
    lua_pushnil(state);
    return 1;
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<char, 64> text{};
  std::size_t length = 0;
  for (const std::byte b : value) {
    text[length++] = kDigits[std::to_integer<unsigned>(b) >> 4];
    text[length++] = kDigits[std::to_integer<unsigned>(b) & 15];
  }
  return push_text(state, {text.data(), length});
}

int get_state(lua_State* state) { return push_text(state, name_of(file_of(state).state)); }
int is_stored(lua_State* state) {
  lua_pushboolean(state, file_of(state).storing == FileStoring::kStored ? 1 : 0);
  return 1;
}

constexpr luaL_Reg kMethods[] = {{"file_id", file_id},
                                 {"tx_id", tx_id},
                                 {"name", name},
                                 {"size", size},
                                 {"magic", magic},
                                 {"md5", digest<DigestKind::kMd5>},
                                 {"sha1", digest<DigestKind::kSha1>},
                                 {"sha256", digest<DigestKind::kSha256>},
                                 {"get_state", get_state},
                                 {"is_stored", is_stored}};

int get_file(lua_State* state) {
  if (script_of(state).view.file == nullptr) return push_failure(state, "error: no file found");
  return push_object(state, kType, kMethods);
}

constexpr luaL_Reg kFunctions[] = {{"get_file", get_file}};

}  // namespace

int open_file(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
