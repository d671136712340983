/// The people whose rows or key the workers of erasures met damaged.

#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <set>
#include <utility>

#include "fedtrail/core/error.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail::app {

/// Thread-safe. No quiet time mends what is damaged: who was met stays until the next start.
class DamagedPeople {
public:
    using Told = std::function<void(privacy::SubjectNumber who, const Error& error)>;

    /// `told` is called the first time that a person is noted, from that thread.
    explicit DamagedPeople(Told told) : told_(std::move(told)) {}

    void note(privacy::SubjectNumber who, const Error& error);
    /// How many were met; at most kMost.
    [[nodiscard]] std::size_t count() const;

    static constexpr std::size_t kMost = 10'000;

private:
    Told told_;
    mutable std::mutex guard_;
    std::set<privacy::SubjectNumber> people_;
};

/// Says it in the program's log, by the person's number.
[[nodiscard]] DamagedPeople::Told damage_in_log();

}  // namespace fedtrail::app
