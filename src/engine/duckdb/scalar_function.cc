#include "engine/duckdb/scalar_function.h"

#include <memory>

#include "base/check.h"

namespace voucher::duckdb {
namespace {

struct Registered {
  ScalarFunction::Body body = nullptr;
  void* state = nullptr;
  std::vector<duckdb_type> types;
};

void call(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector vector) {
  const auto* function =
      static_cast<const Registered*>(duckdb_scalar_function_get_extra_info(info));
  const Arguments arguments(chunk, function->types);
  Output output(vector);
  function->body(function->state, arguments, output);
}

void destroy(void* registered) {
  delete static_cast<Registered*>(registered);
}

duckdb_scalar_function make_function(const ScalarFunction& function) {
  duckdb_scalar_function made = duckdb_create_scalar_function();
  duckdb_scalar_function_set_name(made, function.name.c_str());
  for (const duckdb_type parameter : function.parameters) {
    duckdb_logical_type type = duckdb_create_logical_type(parameter);
    duckdb_scalar_function_add_parameter(made, type);
    duckdb_destroy_logical_type(&type);
  }
  duckdb_logical_type type = duckdb_create_logical_type(function.result);
  duckdb_scalar_function_set_return_type(made, type);
  duckdb_destroy_logical_type(&type);
  duckdb_scalar_function_set_special_handling(made);
  if (function.has_side_effects) duckdb_scalar_function_set_volatile(made);
  auto registered =
      std::make_unique<Registered>(function.body, function.state, function.parameters);
  duckdb_scalar_function_set_extra_info(made, registered.release(), destroy);
  duckdb_scalar_function_set_function(made, call);
  return made;
}

}  // namespace

Arguments::Arguments(duckdb_data_chunk chunk, const std::vector<duckdb_type>& types)
    : rows_(duckdb_data_chunk_get_size(chunk)) {
  columns_.reserve(types.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    columns_.emplace_back(duckdb_data_chunk_get_vector(chunk, i), types[i]);
  }
}

void Output::set_null(std::size_t row) {
  if (validity_ == nullptr) {
    duckdb_vector_ensure_validity_writable(vector_);
    validity_ = duckdb_vector_get_validity(vector_);
  }
  duckdb_validity_set_row_invalid(validity_, row);
}

void Output::set_text(std::size_t row, std::string_view text) {
  duckdb_vector_assign_string_element_len(vector_, row, text.data(), text.size());
}

Result<> register_functions(Connection& connection, const std::vector<ScalarFunction>& overloads) {
  CHECK(!overloads.empty());
  const std::string& name = overloads.front().name;
  duckdb_scalar_function_set set = duckdb_create_scalar_function_set(name.c_str());
  bool added = true;
  for (const ScalarFunction& overload : overloads) {
    duckdb_scalar_function made = make_function(overload);
    added = duckdb_add_scalar_function_to_set(set, made) == DuckDBSuccess && added;
    duckdb_destroy_scalar_function(&made);
  }
  const bool registered =
      added && duckdb_register_scalar_function_set(connection.handle(), set) == DuckDBSuccess;
  duckdb_destroy_scalar_function_set(&set);
  if (!registered) return fail(ErrorKind::kInternal, "cannot register function {}", name);
  return {};
}

}  // namespace voucher::duckdb
