# Third-party libraries; ARCHITECTURE.md says why each is there. Headers come in as SYSTEM.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(rapidcheck REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)

add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION ${VOUCHER_DEPS}/duckdb/lib/libduckdb.so
  IMPORTED_SONAME libduckdb.so
  INTERFACE_INCLUDE_DIRECTORIES ${VOUCHER_DEPS}/duckdb/include)

add_library(llhttp STATIC ${VOUCHER_DEPS}/llhttp/src/api.c ${VOUCHER_DEPS}/llhttp/src/http.c
                          ${VOUCHER_DEPS}/llhttp/src/llhttp.c)
target_include_directories(llhttp SYSTEM PUBLIC ${VOUCHER_DEPS}/llhttp/include)

add_library(boost_headers INTERFACE)
target_compile_definitions(boost_headers INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION)
target_link_libraries(boost_headers INTERFACE Threads::Threads)
