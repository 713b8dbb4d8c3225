// Reads a request body as JSON, strictly, and tells a visitor about its members. The adapter of
// simdjson: nothing else includes it.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace voucher {

/// Arrays and objects within each other that a body may have.
inline constexpr int kMaxJsonDepth = 4;

enum class JsonKind { kNull, kBoolean, kNumber, kString, kObject, kArray };

/// One value. Its views live until the reader's next body.
struct JsonValue {
  JsonKind kind = JsonKind::kNull;
  std::string_view raw;   ///< as sent, valid JSON by itself
  std::string_view text;  ///< a string's value, escapes resolved
};

enum class BodyFault { kNone, kInvalid, kTooDeep };

struct BodyStatus {
  BodyFault fault = BodyFault::kNone;
  std::string_view message;  ///< static text; empty without a fault
};

/// Is told about one object. What it was told counts only if the reader ends without a fault.
class ObjectVisitor {
 public:
  virtual ~ObjectVisitor() = default;
  virtual void begin() = 0;
  /// One member, also when its name comes again.
  virtual void member(std::string_view name, const JsonValue& value) = 0;
  virtual void end() = 0;
  /// There is `value` where the object should be; neither begin() nor end() is called.
  virtual void no_object(const JsonValue& value) = 0;
};

/// Is told about an object that holds a list of objects.
class ListVisitor {
 public:
  virtual ~ListVisitor() = default;
  /// The list begins; may come again where its name does.
  virtual void begin_list() = 0;
  /// The visitor of the next element; asked once for each.
  virtual ObjectVisitor& element() = 0;
  /// There is `value` where the list should be.
  virtual void no_list(const JsonValue& value) = 0;
  /// There is `value` where the object should be.
  virtual void no_object(const JsonValue& value) = 0;
};

/// A parser with its buffers, to be used again; one thread at a time.
class JsonBodyReader {
 public:
  JsonBodyReader();
  ~JsonBodyReader();
  JsonBodyReader(const JsonBodyReader&) = delete;
  JsonBodyReader& operator=(const JsonBodyReader&) = delete;

  /// Reads a body that should be one object. `padding` is how many bytes past its end may be read;
  /// a body with too few is copied.
  BodyStatus read_object(std::string_view body, std::size_t padding, ObjectVisitor& visitor);

  /// Reads a body that should be one object with a list of objects under `name`; other members are
  /// checked and ignored.
  BodyStatus read_list(std::string_view body, std::size_t padding, std::string_view name,
                       ListVisitor& visitor);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace voucher
