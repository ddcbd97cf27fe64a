# Projects that tests configure find the libraries where this build found them.

# twinpath_found_dependencies(<variable> <name>...): sets the variable to the options that say where they are.
function(twinpath_found_dependencies variable)
  set(options)
  foreach(dependency IN LISTS ARGN)
    string(TOLOWER ${dependency} lower)
    string(TOUPPER ${dependency} upper)
    FetchContent_GetProperties(${dependency})
    if(${lower}_SOURCE_DIR)
      list(APPEND options -DFETCHCONTENT_SOURCE_DIR_${upper}=${${lower}_SOURCE_DIR})
    elseif(${dependency}_DIR)
      list(APPEND options -D${dependency}_DIR=${${dependency}_DIR})
    endif()
  endforeach()
  set(${variable} ${options} PARENT_SCOPE)
endfunction()
