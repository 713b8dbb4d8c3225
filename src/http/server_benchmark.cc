// A server with a trivial handler, for wrk: prints its port, serves until stdin ends, then prints
// the CPU time per request. Usage: server_benchmark [threads]
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "http/server.h"

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace voucher::http;
  ServerOptions options;
  options.port = 0;
  options.threads = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 1;
  options.body_limit = [](Method, std::string_view) { return std::size_t{4096}; };
  options.handler = [](const Request&, Response& response) {
    response.body = R"({"voucher_amount": 2640})";
  };
  options.error_page = [](int, std::string_view detail, Response& response) {
    response.body = detail;
  };
  auto server = Server::listen(std::move(options));
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().message.c_str());
    return 1;
  }
  std::printf("%u\n", (*server)->port());
  std::fflush(stdout);
  std::jthread until_end_of_input([&] {
    while (std::getchar() != EOF) {
    }
    (*server)->stop();
  });
  (*server)->run();

  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  const auto requests = (*server)->statistics().requests;
  std::printf("%llu requests, %.2f us CPU each (%.2f user), %ld KiB at most\n",
              static_cast<unsigned long long>(requests), cpu * 1e6 / static_cast<double>(requests),
              seconds(usage.ru_utime) * 1e6 / static_cast<double>(requests), usage.ru_maxrss);
  return 0;
}
