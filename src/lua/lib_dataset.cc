// suricata.dataset: sets that rules share.
//
//     local set = dataset.new(); local ok, err = set:get("seen"); local added = set:add(text, #text)

#include <new>

#include "detect/dataset.h"
#include "lua/library.h"

namespace culvert::lua {
namespace {

constexpr char kType[] = "suricata:dataset";

std::shared_ptr<Dataset>& set_of(lua_State* state) {
  return *static_cast<std::shared_ptr<Dataset>*>(luaL_checkudata(state, 1, kType));
}

int collect(lua_State* state) {
  std::destroy_at(&set_of(state));
  return 0;
}

/// Finds the set of that name. Nothing, or nil and why.
int get(lua_State* state) {
  DatasetStore* const store = script_of(state).host.datasets;
  if (store == nullptr) return push_failure(state, "dataset not found");
  auto set = store->open(std::string(check_text(state, 2)), {}, {});
  if (!set) return push_failure(state, "dataset not found");
  (*set)->make_writable();
  set_of(state) = std::move(*set);
  return 0;
}

/// 1: it is new; 0: it was there, or there is no room.
int add(lua_State* state) {
  const std::shared_ptr<Dataset>& set = set_of(state);
  if (set == nullptr) return push_failure(state, "dataset is not initialized");
  std::string_view text = check_text(state, 2);
  const auto size = luaL_optinteger(state, 3, static_cast<lua_Integer>(text.size()));
  if (size >= 0) text = text.substr(0, static_cast<std::size_t>(size));
  lua_pushinteger(state, set->add(as_bytes(text)) ? 1 : 0);
  return 1;
}

constexpr luaL_Reg kMethods[] = {{"get", get}, {"add", add}};

int create(lua_State* state) {
  new (lua_newuserdatauv(state, sizeof(std::shared_ptr<Dataset>), 0)) std::shared_ptr<Dataset>();
  if (luaL_newmetatable(state, kType) != 0) {
    push_library(state, kMethods);
    lua_setfield(state, -2, "__index");
    lua_pushcfunction(state, collect);
    lua_setfield(state, -2, "__gc");
  }
  lua_setmetatable(state, -2);
  return 1;
}

constexpr luaL_Reg kFunctions[] = {{"new", create}};

}  // namespace

int open_dataset(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
