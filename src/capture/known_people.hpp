/// The subject numbers of local actors, kept at hand for the thread that writes. Not thread-safe.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fedtrail/fediverse/digest.hpp"
#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::capture {

class KnownPeople {
public:
    /// `vault` must outlive it. At most `capacity` people are kept, and all of those that are expected.
    KnownPeople(SubjectVault& vault, std::size_t capacity) : vault_(vault), capacity_(capacity) {}

    /// Whether their number is at hand: expect() would ask the vault for nothing.
    [[nodiscard]] bool knows(const fediverse::DataShare& person) const;

    /// Notes somebody whose number will be asked for; costs one look-up if they are known already.
    void expect(const fediverse::DataShare& person);

    /// Enrols everybody new, or newly named, who was noted since the last call: durable in the vault when it
    /// returns. A failure concerns only those who are not known yet; number_of() gives it back for them.
    void enrol_expected();

    /// Errors: what enrolling failed with; Invalid if the actor is not a URI.
    [[nodiscard]] Result<privacy::SubjectNumber> number_of(const fediverse::DataShare& person) const;

    /// Everybody is asked for again.
    void forget() { people_.clear(); }

private:
    struct Known {
        privacy::SubjectNumber number;
        std::string username;
        std::uint64_t round{};  ///< In which they were expected last.
    };
    using People = std::unordered_map<std::string, Known>;

    [[nodiscard]] bool is_current(People::const_iterator known, const fediverse::DataShare& person) const;
    /// Whoever was not expected in this round goes, if there are too many.
    void make_room(std::uint64_t round);

    SubjectVault& vault_;
    std::size_t capacity_;
    People people_;
    std::vector<Enrolment> expected_;
    std::unordered_set<std::string> noted_;
    std::uint64_t round_{};         ///< Calls of enrol_expected() so far.
    std::optional<Error> failure_;  ///< Of the last enrolment.
};

}  // namespace fedtrail::capture
