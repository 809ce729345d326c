# culvert_embed(TARGET FILE NAME): the text of FILE becomes `culvert::NAME`, a std::string_view, in
# TARGET. The file is read at configure time; changing it configures again.
function(culvert_embed target file name)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"#include <string_view>
namespace culvert {
extern const std::string_view @name@;
const std::string_view @name@ = R\"embedded(@text@)embedded\";
}  // namespace culvert
")
  target_sources(${target} PRIVATE ${source})
endfunction()
