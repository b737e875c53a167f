# Tests of whole programs, driven from outside: tests/integration/test_*.py, each one ctest that gets the
# folder of the programs as its only argument.
#
# `slow` ones take a minute or more and measure time or memory, so they run without sanitizers only.
# `alone` ones judge punctuality, which a test beside them on the same cores would spoil.
set(slow access_log leak process_boundary)
set(alone process_boundary)
file(GLOB integration CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/integration/test_*.py)
foreach(source IN LISTS integration)
    get_filename_component(name ${source} NAME_WE)
    string(REGEX REPLACE "^test_" "" name ${name})
    add_test(NAME integration/${name} COMMAND ${Python3_EXECUTABLE} -B ${source} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
    set(labels integration)
    if(name IN_LIST slow)
        list(APPEND labels slow)
    endif()
    set_tests_properties(integration/${name} PROPERTIES LABELS "${labels}" TIMEOUT 600)
    if(name IN_LIST alone)
        set_tests_properties(integration/${name} PROPERTIES RUN_SERIAL ON)
    endif()
endforeach()

file(GLOB journals CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/data/journals/*.ndjson)
add_test(NAME schema/journals COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/schema_check.py
    --allow-truncated --allow-unknown ${journals})
set_tests_properties(schema/journals PROPERTIES LABELS schema TIMEOUT 60)
