# culvert_corpus_replay(): all fuzz targets in one program that runs the files of tests/corpus through
# them. One source includes those of a layer, each under its own name: dozens of programs, or of sources,
# would cost every build minutes.
function(culvert_corpus_replay)
  file(GLOB_RECURSE fuzzers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*_fuzz.cc)
  set(protocols "")
  set(others "")
  set(declared "")
  set(listed "")
  foreach(source ${fuzzers})
    get_filename_component(program ${source} NAME_WE)
    set(part "#define LLVMFuzzerTestOneInput run_${program}\n#include \"${source}\"\n")
    string(APPEND part "#undef LLVMFuzzerTestOneInput\n")
    if(source MATCHES "/src/protocols/")
      string(APPEND protocols "${part}")
    else()
      string(APPEND others "${part}")
    endif()
    string(APPEND declared "int run_${program}(const std::uint8_t*, std::size_t);\n")
    string(APPEND listed "    {\"${program}\", run_${program}},\n")
  endforeach()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/corpus_replay)
  file(CONFIGURE OUTPUT ${folder}/protocols.cc @ONLY CONTENT "@protocols@")
  file(CONFIGURE OUTPUT ${folder}/others.cc @ONLY CONTENT "@others@")
  file(CONFIGURE OUTPUT ${folder}/targets.inc @ONLY CONTENT
"extern \"C\" {
@declared@}
constexpr Target kTargets[] = {
@listed@};
")
  add_executable(corpus_replay ${CMAKE_SOURCE_DIR}/tests/corpus/replay.cc ${folder}/protocols.cc
                 ${folder}/others.cc)
  target_include_directories(corpus_replay PRIVATE ${folder})
  target_link_libraries(corpus_replay PRIVATE culvert_builtin culvert_defrag culvert_emulator
                        culvert_testing)
  if(CULVERT_SANITIZE)
    target_compile_options(corpus_replay PRIVATE -O0 -fno-sanitize=undefined)
  endif()
  add_test(NAME corpus COMMAND corpus_replay ${CMAKE_SOURCE_DIR}/tests/corpus)
endfunction()
