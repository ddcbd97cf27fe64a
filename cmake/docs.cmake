# The target docs, if Doxygen is found: makes the API reference in docs/html of the build folder. A public name without
# documentation is an error.

find_package(Doxygen QUIET)
if(DOXYGEN_FOUND)
  configure_file(cmake/Doxyfile.in Doxyfile @ONLY)
  add_custom_target(docs
    COMMAND Doxygen::doxygen ${PROJECT_BINARY_DIR}/Doxyfile
    COMMENT "Documenting the public headers in ${PROJECT_BINARY_DIR}/docs/html"
    VERBATIM)
endif()
