#include "erasure/easter.hpp"

namespace fedtrail::erasure {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

sys_days date(int year, int month, int day) {
    return sys_days{std::chrono::year{year} / month / day};
}

}  // namespace

// Meeus, Astronomical Algorithms (2nd ed.), chapter 8; first given in Nature, 20 April 1876. The names are
// those of the algorithm.
sys_days western_easter(int year) {
    const int a = year % 19;
    const int b = year / 100;
    const int c = year % 100;
    const int d = b / 4;
    const int e = b % 4;
    const int f = (b + 8) / 25;
    const int g = (b - f + 1) / 3;
    const int h = (19 * a + b - d - g + 15) % 30;
    const int i = c / 4;
    const int k = c % 4;
    const int l = (32 + 2 * e + 2 * i - h - k) % 7;
    const int m = (a + 11 * h + 22 * l) / 451;
    const int march_days = h + l - 7 * m + 114;
    return date(year, march_days / 31, march_days % 31 + 1);
}

// Meeus, the same chapter, for the Julian calendar; the two calendars drift by three days in 400 years.
sys_days orthodox_easter(int year) {
    const int a = year % 4;
    const int b = year % 7;
    const int c = year % 19;
    const int d = (19 * c + 15) % 30;
    const int e = (2 * a + 4 * b - d + 34) % 7;
    const int march_days = d + e + 114;
    const int drift = year / 100 - year / 400 - 2;
    return date(year, march_days / 31, march_days % 31 + 1) + days{drift};
}

}  // namespace fedtrail::erasure
