# Compiler settings, kept in one INTERFACE target so that only our own code gets them.
add_library(lowtide_options INTERFACE)
target_compile_options(lowtide_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    # A designated initializer leaves the other members at their defaults, which is what it is for.
    -Wno-missing-field-initializers
    # GCC 12 warns of std::optional values that are never read without has_value (GCC bug 80635).
    -Wno-maybe-uninitialized
    $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual>)
target_compile_definitions(lowtide_options INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_FOREACH QT_NO_KEYWORDS
    QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_CONTEXTLESS_CONNECT
    LOWTIDE_VERSION="${PROJECT_VERSION}")
if(LOWTIDE_WERROR)
    target_compile_options(lowtide_options INTERFACE -Werror)
endif()
if(LOWTIDE_SANITIZE)
    target_compile_options(lowtide_options INTERFACE -fsanitize=${LOWTIDE_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(lowtide_options INTERFACE -fsanitize=${LOWTIDE_SANITIZE})
    if(LOWTIDE_SANITIZE MATCHES "undefined")
        target_compile_options(lowtide_options INTERFACE -fno-sanitize-recover=undefined)
    endif()
endif()
find_program(LOWTIDE_CCACHE ccache)
if(LOWTIDE_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER ${LOWTIDE_CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${LOWTIDE_CCACHE})
endif()
