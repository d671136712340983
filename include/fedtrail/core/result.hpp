/// Result<T>: the answer of an operation that can fail for reasons outside the program.
///
/// tl::expected with `[[nodiscard]]` on the class, so that no failure is dropped; std::expected takes its
/// place when the compilers of the supported Debian release have it.

#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "fedtrail/core/error.hpp"

namespace fedtrail {

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using Base = tl::expected<T, Error>;
    using Base::Base;
    // NOLINTNEXTLINE(google-explicit-constructor): and_then()/map() give back the base.
    Result(Base base) : Base(std::move(base)) {}
};

/// `return fail(ErrorKind::Invalid, "what and where", "what to do");`
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string what, std::string remedy = {}) {
    return tl::unexpected<Error>{Error{kind, std::move(what), std::move(remedy)}};
}

/// Hands a failure on unchanged: `if (!x) return fail(x);`
template <typename T>
[[nodiscard]] tl::unexpected<Error> fail(const Result<T>& failed) {
    return tl::unexpected<Error>{failed.error()};
}

}  // namespace fedtrail
