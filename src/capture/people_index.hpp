/// What rules ask of a person, by actor URI: whom they object to, and whether they are a child.

#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "fedtrail/ports/objection_book.hpp"
#include "fedtrail/ports/subject_facts.hpp"
#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::capture {

/// Thread-safe.
class PeopleIndex {
public:
    /// One state of it; does not change.
    class Snapshot {
    public:
        [[nodiscard]] bool objects(const std::string& actor, const Host& recipient) const;
        [[nodiscard]] bool is_minor(const std::string& actor) const { return minors_.count(actor) != 0; }
        [[nodiscard]] bool is_objected_to(const Host& recipient) const {
            return objectors_.count(recipient.text()) != 0;
        }
        [[nodiscard]] bool has_minors() const { return !minors_.empty(); }
        /// Whether anybody objects to the recipient, or is a child.
        [[nodiscard]] bool concerns(const Host& recipient) const {
            return has_minors() || is_objected_to(recipient);
        }

    private:
        friend class PeopleIndex;
        using Actors = std::unordered_set<std::string>;
        std::uint64_t objections_generation_{};
        std::uint64_t facts_generation_{};
        std::unordered_map<std::string, Actors> objectors_;  ///< By recipient.
        Actors minors_;
    };

    /// All must outlive it.
    PeopleIndex(const ObjectionBook& objections, const SubjectFacts& facts, const SubjectVault& vault)
        : objections_(objections), facts_(facts), vault_(vault) {}

    /// As the books are now. Errors: those of the books and the vault.
    [[nodiscard]] Result<std::shared_ptr<const Snapshot>> now();

private:
    [[nodiscard]] Result<std::shared_ptr<const Snapshot>> rebuilt(std::uint64_t objections,
                                                                  std::uint64_t facts);
    /// Nothing: shredded, so that nothing of theirs can be recognised any more.
    [[nodiscard]] Result<std::optional<std::string>> actor_of(privacy::SubjectNumber subject);

    const ObjectionBook& objections_;
    const SubjectFacts& facts_;
    const SubjectVault& vault_;
    std::mutex lock_;
    std::shared_ptr<const Snapshot> snapshot_;
    std::unordered_map<std::uint64_t, std::string> actors_;  ///< By subject number.
};

}  // namespace fedtrail::capture
