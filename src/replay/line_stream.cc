#include "replay/line_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace voucher {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20U;
constexpr std::size_t kPadding = 64;

std::unexpected<Error> cannot_read(const std::string& path) {
  return fail(ErrorKind::kUnavailable, "cannot read {}: {}", path, std::strerror(errno));
}

}  // namespace

Result<LineStream> LineStream::open(const std::string& path) {
  if (path == "-") return LineStream("standard input", ::dup(STDIN_FILENO));
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot_read(path);
  return LineStream(path, descriptor);
}

LineStream::LineStream(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor), buffer_(kBlock + kPadding, '\0') {
  struct stat status{};
  if (::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode)) bytes_ = status.st_size;
}

LineStream::LineStream(LineStream&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      bytes_(other.bytes_),
      bytes_read_(other.bytes_read_),
      number_(other.number_),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      end_(other.end_),
      scanned_(other.scanned_) {}

LineStream::~LineStream() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::optional<StreamedLine>> LineStream::next() {
  while (true) {
    const std::size_t newline = std::string_view(buffer_).substr(0, end_).find('\n', scanned_);
    if (newline != std::string_view::npos) {
      const StreamedLine line{std::string_view(buffer_).substr(begin_, newline - begin_),
                              padding_after(newline), ++number_};
      begin_ = scanned_ = newline + 1;
      return line;
    }
    scanned_ = end_;
    if (end_ - begin_ > kLongestLine) return skip_long_line();
    if (TRY(fill())) continue;
    if (begin_ == end_) return std::nullopt;
    const StreamedLine line{std::string_view(buffer_).substr(begin_, end_ - begin_),
                            padding_after(end_), ++number_, false};
    begin_ = end_;
    return line;
  }
}

Result<std::optional<StreamedLine>> LineStream::skip_long_line() {
  StreamedLine line{{}, 0, ++number_, true, true};
  std::size_t newline = std::string_view::npos;
  while (newline == std::string_view::npos) {
    begin_ = scanned_ = end_;
    if (!TRY(fill())) {
      line.ended = false;
      return line;
    }
    newline = std::string_view(buffer_).substr(0, end_).find('\n', begin_);
  }
  begin_ = scanned_ = newline + 1;
  return line;
}

Result<bool> LineStream::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    scanned_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + kBlock + kPadding) buffer_.resize(end_ + kBlock + kPadding);
  ssize_t count = -1;
  do {
    count = ::read(descriptor_, buffer_.data() + end_, kBlock);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return cannot_read(path_);
  end_ += static_cast<std::size_t>(count);
  bytes_read_ += count;
  return count > 0;
}

}  // namespace voucher
