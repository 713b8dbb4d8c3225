#include "sample/cell_text.h"

#include <charconv>

#include "base/calendar.h"

namespace voucher {
namespace {

char* put_digits(char* out, std::int64_t number, int count) {
  for (int i = count - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  return out + count;
}

char* put(char* out, char letter) {
  *out = letter;
  return out + 1;
}

char* put_date(char* out, Day day) {
  const CivilDate date = to_civil(day);
  out = put(put_digits(out, date.year, 4), '-');
  out = put(put_digits(out, date.month, 2), '-');
  return put_digits(out, date.day, 2);
}

char* put_time(char* out, std::int64_t seconds) {
  out = put(put_digits(out, seconds / 3600, 2), ':');
  out = put(put_digits(out, seconds / 60 % 60, 2), ':');
  return put_digits(out, seconds % 60, 2);
}

char* put_instant(char* out, std::int64_t micros, TextForm form) {
  const Day day = day_of(Timestamp{micros});
  const std::int64_t rest = micros - midnight(day).micros;
  out = put_date(out, day);
  if (form == TextForm::kDate) return out;
  out = put_time(put(out, form == TextForm::kIso ? 'T' : ' '), rest / kMicrosPerSecond);
  if (form == TextForm::kIso) return put(out, 'Z');
  if (form == TextForm::kDatetime) return out;
  return put_digits(put(out, '.'), rest % kMicrosPerSecond, 6);
}

}  // namespace

std::string_view write_text(std::int64_t number, TextForm form, TextBuffer& buffer) {
  char* const begin = buffer.data();
  char* end = begin;
  if (form == TextForm::kWhole || form == TextForm::kOneDecimal) {
    end = std::to_chars(begin, begin + buffer.size(), number).ptr;
    if (form == TextForm::kOneDecimal) end = put(put(end, '.'), '0');
  } else {
    end = put_instant(begin, number, form);
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace voucher
