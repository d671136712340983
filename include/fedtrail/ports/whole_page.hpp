/// A page of a book whose damaged rows are passed over: one person's must not hold up everybody's.

#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

inline constexpr std::size_t kMostDamagedNamed = 1'000;

/// By its numbers: nothing else of it can be believed.
template <typename One>
struct DamagedRow {
    decltype(One::number) number{};
    privacy::SubjectNumber subject{};
    Error error;  ///< Corrupt.
};

template <typename One>
struct WholePage {
    std::vector<One> rows;                 ///< Those that are whole; they alone count for the filter's limit.
    std::uint64_t passed_over{};           ///< How many are damaged of those met on the way to these.
    std::vector<DamagedRow<One>> damaged;  ///< They; the first kMostDamagedNamed.

    /// Errors: Corrupt, as the first damaged one says: something was passed over.
    [[nodiscard]] Result<void> whole() const {
        return damaged.empty() ? Result<void>{} : Result<void>{tl::unexpected<Error>{damaged.front().error}};
    }
    void pass_over(DamagedRow<One> row) {
        ++passed_over;
        if (damaged.size() < kMostDamagedNamed) {
            damaged.push_back(std::move(row));
        }
    }
};

}  // namespace fedtrail
