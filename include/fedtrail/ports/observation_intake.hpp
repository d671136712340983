/// Observations that others hand in as text, one JSON document per line.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fedtrail/core/result.hpp"

namespace fedtrail {

struct RejectedLine {
    std::uint64_t line{};  ///< From 1, in the text handed in.
    std::string reason;    ///< One sentence without personal data.
};

struct IntakeReceipt {
    std::uint64_t fresh{};            ///< New in the ledger, durable.
    std::uint64_t duplicate{};        ///< Already there.
    std::uint64_t without_subject{};  ///< They concern no local person: not taken.
    std::uint64_t
        to_own_origin{};  ///< Of those: about a local person, to a host of that person's own origin.
    std::vector<RejectedLine> rejected;  ///< The first kMostListed of them.
    std::uint64_t rejected_lines{};      ///< All of them.

    /// How many lines are bad is for whoever hands them in to say: more are counted, not listed.
    static constexpr std::size_t kMostListed = 10'000;

    [[nodiscard]] std::uint64_t accepted() const { return fresh + duplicate; }

    void reject(std::uint64_t line, std::string reason) {
        ++rejected_lines;
        if (rejected.size() < kMostListed) {
            rejected.push_back({line, std::move(reason)});
        }
    }
};

class ObservationIntake {
public:
    ObservationIntake() = default;
    ObservationIntake(const ObservationIntake&) = delete;
    ObservationIntake& operator=(const ObservationIntake&) = delete;
    ObservationIntake(ObservationIntake&&) = delete;
    ObservationIntake& operator=(ObservationIntake&&) = delete;
    virtual ~ObservationIntake() = default;

    /// Takes what is right, names what is wrong. Thread-safe. Errors: Unavailable (the ledger cannot be
    /// written: then what of `ndjson` is in it is unknown, and handing it in again is safe), Denied.
    [[nodiscard]] virtual Result<IntakeReceipt> take(std::string_view ndjson) = 0;
};

}  // namespace fedtrail
