/// Personal<T>: personal data (GDPR Art. 4(1)) in the type system.
///
/// Reading the value is a visible act, `reveal()`; streaming, formatting or turning it into JSON does not
/// compile.

#pragma once

#include <compare>
#include <ostream>
#include <utility>

namespace fedtrail {

template <typename T>
class Personal {
public:
    Personal() = default;
    explicit Personal(T value) : value_(std::move(value)) {}

    /// The only way in. `git grep reveal` lists every place where personal data is used.
    [[nodiscard]] const T& reveal() const noexcept { return value_; }

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes what a defaulted <=> compares with for a 0
    friend auto operator<=>(const Personal&, const Personal&) = default;
    friend bool operator==(const Personal&, const Personal&) = default;
    friend std::ostream& operator<<(std::ostream&, const Personal&) = delete;

private:
    T value_{};
};

}  // namespace fedtrail
