#include "cli/lineage_place.h"

#include <fmt/format.h>

#include <filesystem>

namespace voucher {
namespace {

std::string first_of(std::initializer_list<std::string> candidates) {
  for (const std::string& candidate : candidates) {
    if (!candidate.empty()) return candidate;
  }
  return "";
}

/// Cuts `text` at the first of `marks`; what follows the mark is `rest`.
std::string_view cut(std::string_view text, char mark, std::string_view& rest) {
  const std::size_t at = text.find(mark);
  rest = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return text.substr(0, at);
}

struct Server {
  std::string_view user;
  std::string_view host;
  std::string_view port;
  std::string_view database;
};

/// What the parameters of a URL say in place of its other parts.
void read_parameters(std::string_view query, Server& server) {
  while (!query.empty()) {
    std::string_view rest;
    std::string_view value;
    const std::string_view name = cut(cut(query, '&', rest), '=', value);
    if (name == "host") server.host = value;
    if (name == "port") server.port = value;
    if (name == "dbname") server.database = value;
    if (name == "user") server.user = value;
    query = rest;
  }
}

Server parse_address(std::string_view address) {
  Server server;
  const std::size_t scheme = address.find("://");
  if (scheme == std::string_view::npos) return server;
  std::string_view rest;
  std::string_view query;
  std::string_view authority = cut(address.substr(scheme + 3), '?', query);
  authority = cut(authority, '/', server.database);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    server.user = cut(authority.substr(0, at), ':', rest);
    authority.remove_prefix(at + 1);
  }
  authority = cut(authority, ',', rest);  // of several hosts the first names the place
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  server.host = authority.substr(0, colon);
  if (colon != std::string_view::npos) server.port = authority.substr(colon + 1);
  read_parameters(query, server);
  return server;
}

}  // namespace

LineagePlace embedded_place(const std::string& root) {
  std::string path = std::filesystem::absolute(root).lexically_normal().string();
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return {"duckdb://" + path, ""};
}

LineagePlace server_place(std::string_view address, const Environment& environment) {
  const Server server = parse_address(address);
  const std::string user =
      first_of({std::string(server.user), environment("PGUSER"), environment("USER")});
  const std::string host = first_of({std::string(server.host), environment("PGHOST"), "localhost"});
  const std::string port = first_of({std::string(server.port), environment("PGPORT"), "5432"});
  const std::string database =
      first_of({std::string(server.database), environment("PGDATABASE"), user, "postgres"});
  return {fmt::format("postgres://{}:{}", host, port), database + "."};
}

}  // namespace voucher
