/// Strong<Tag, T>: a value the compiler will not confuse with another of the same shape.

#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <utility>

namespace fedtrail {

template <typename Tag, typename T>
class Strong {
public:
    using Underlying = T;

    constexpr Strong() = default;
    explicit constexpr Strong(T value) : value_(std::move(value)) {}

    [[nodiscard]] constexpr const T& get() const noexcept { return value_; }

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes a rewritten comparison's 0 for a pointer
    friend constexpr auto operator<=>(const Strong&, const Strong&) = default;

private:
    T value_{};
};

}  // namespace fedtrail

template <typename Tag, typename T>
struct std::hash<fedtrail::Strong<Tag, T>> {
    std::size_t operator()(const fedtrail::Strong<Tag, T>& id) const noexcept {
        return std::hash<T>{}(id.get());
    }
};
