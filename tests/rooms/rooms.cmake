# The rooms of lib and their order, and that a violation would be found.

add_test(NAME rooms COMMAND ${CMAKE_CURRENT_LIST_DIR}/check.sh ${PROJECT_SOURCE_DIR}/lib)
add_test(NAME rooms.rules_can_fail COMMAND ${CMAKE_CURRENT_LIST_DIR}/rules_can_fail.sh ${PROJECT_SOURCE_DIR}/lib)
