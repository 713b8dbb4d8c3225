#include "warehouse/postgresql/server_address.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>

namespace voucher::postgresql {
namespace {

constexpr std::array<std::string_view, 2> kSchemes{"postgresql:", "postgres:"};

/// The password between `user:` and `@`, as it is written. It may hold any character but '/'.
std::string_view user_password(std::string_view url) {
  const std::size_t begin = url.find("://");
  if (begin == std::string_view::npos) return {};
  std::string_view rest = url.substr(begin + 3);
  rest = rest.substr(0, rest.find('?'));
  const std::size_t at = rest.rfind('@');
  if (at == std::string_view::npos) return {};
  rest = rest.substr(0, at);
  const std::size_t colon = rest.find(':');
  return colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
}

/// Values of `password=` and `sslpassword=` among a URL's parameters, as they are written.
std::vector<std::string_view> parameter_passwords(std::string_view url) {
  std::vector<std::string_view> found;
  const std::size_t question = url.find('?');
  if (question == std::string_view::npos) return found;
  std::string_view rest = url.substr(question + 1);
  while (!rest.empty()) {
    const std::string_view parameter = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), parameter.size() + 1));
    const std::size_t equal = parameter.find('=');
    if (equal != std::string_view::npos && parameter.substr(0, equal).ends_with("password"))
      found.push_back(parameter.substr(equal + 1));
  }
  return found;
}

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

}  // namespace

bool ServerAddress::matches(std::string_view text) {
  return std::ranges::any_of(kSchemes, [&](auto scheme) { return text.starts_with(scheme); });
}

Result<ServerAddress> ServerAddress::parse(std::string_view text) {
  ServerAddress address;
  const auto add_secret = [&](std::string_view secret) {
    if (!secret.empty()) address.secrets_.emplace_back(secret);
  };
  const bool alone = std::ranges::find(kSchemes, text) != kSchemes.end();
  if (!alone) address.connection_string_ = text;
  add_secret(user_password(text));
  for (const std::string_view secret : parameter_passwords(text)) add_secret(secret);

  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(address.connection_string_.c_str(), &message));
  const std::unique_ptr<char, decltype(&PQfreemem)> owned(message, &PQfreemem);
  if (!options) {
    std::string why = message == nullptr ? "out of memory" : message;
    while (why.ends_with('\n')) why.pop_back();
    return fail(
        ErrorKind::kUsage,
        "--warehouse is no PostgreSQL URL such as postgresql://user@host:5432/database: {}: "
        "{} (write special characters as %XX)",
        address.shown(), address.redact(why));
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    if (std::string_view(option->keyword) == "port" &&
        std::string_view(option->val).find_first_not_of("0123456789,") != std::string_view::npos) {
      return fail(ErrorKind::kUsage, "--warehouse has a port that is no number: {}",
                  address.shown());
    }
    address.given_.emplace_back(option->keyword);
    if (std::string_view(option->keyword).ends_with("password")) add_secret(option->val);
  }
  return address;
}

std::string ServerAddress::redact(std::string text) const {
  constexpr std::string_view kHidden = "***";
  // Where the secret is also an everyday word, more than the password is hidden.
  for (const std::string& secret : secrets_) {
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kHidden.size())) {
      text.replace(at, secret.size(), kHidden);
    }
  }
  return text;
}

bool ServerAddress::gives(std::string_view option) const {
  return std::ranges::find(given_, option) != given_.end();
}

}  // namespace voucher::postgresql
