# Warnings, sanitizers, the fast linker and the compiler cache. All our own targets link `voucher_options`.
add_library(voucher_options INTERFACE)
target_compile_options(voucher_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
# libstdc++ 12's stable_sort calls what it has itself deprecated in C++23; clang says so at each use, GCC does not.
target_compile_options(voucher_options INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
if(VOUCHER_WERROR)
  target_compile_options(voucher_options INTERFACE -Werror)
endif()
target_include_directories(voucher_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(voucher_options INTERFACE VOUCHER_VERSION="${PROJECT_VERSION}")

if(VOUCHER_SANITIZE)
  target_compile_options(voucher_options INTERFACE -fsanitize=${VOUCHER_SANITIZE} -fno-omit-frame-pointer
                                                   -fno-sanitize-recover=all)
  target_link_options(voucher_options INTERFACE -fsanitize=${VOUCHER_SANITIZE})
endif()

if(VOUCHER_FUZZ)
  target_compile_options(voucher_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
