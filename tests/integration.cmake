# Tests of whole programs, driven from outside: tests/integration/test_*.py, each one ctest that gets the
# folder of the programs as its only argument.
file(GLOB integration CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/integration/test_*.py)
foreach(source IN LISTS integration)
    get_filename_component(name ${source} NAME_WE)
    string(REGEX REPLACE "^test_" "" name ${name})
    add_test(NAME integration/${name} COMMAND ${Python3_EXECUTABLE} -B ${source} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
    set_tests_properties(integration/${name} PROPERTIES LABELS integration TIMEOUT 300)
endforeach()
