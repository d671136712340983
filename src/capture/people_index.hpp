/// What rules ask of a person, by actor URI: whom they object to, to which transfers they consented, and
/// whether they are a child. An objection or a consent to one host is one to all hosts of its recipient,
/// whatever their ports.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fedtrail/ports/consent_book.hpp"
#include "fedtrail/ports/objection_book.hpp"
#include "fedtrail/ports/subject_facts.hpp"
#include "fedtrail/ports/subject_vault.hpp"
#include "fedtrail/privacy/joined_hosts.hpp"

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
            return objectors_of(recipient) != nullptr;
        }
        [[nodiscard]] bool has_minors() const { return !minors_.empty(); }
        /// Whether a transfer on `day` to `recipient`, who is established in `country`, can rest on a consent
        /// of theirs.
        [[nodiscard]] bool consents(const std::string& actor,
                                    const Host& recipient,
                                    const privacy::Country& country,
                                    const privacy::Day& day) const;
        /// Whether anybody objects to the recipient, or is a child.
        [[nodiscard]] bool concerns(const Host& recipient) const {
            return has_minors() || is_objected_to(recipient);
        }

        /// Whether nobody objects to anybody.
        [[nodiscard]] bool no_objections() const { return objectors_.empty(); }

    private:
        friend class PeopleIndex;
        using Actors = std::unordered_set<std::string>;
        std::uint64_t objections_generation_{};
        std::uint64_t facts_generation_{};
        struct NameHash {
            using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's word
            std::size_t operator()(std::string_view name) const noexcept {
                return std::hash<std::string_view>{}(name);
            }
        };
        /// Null: nobody objects.
        [[nodiscard]] const Actors* objectors_of(const Host& recipient) const {
            const auto at = objectors_.find(privacy::without_port(recipient));
            return at == objectors_.end() ? nullptr : &at->second;
        }

        /// By each name of a recipient, without ports.
        std::unordered_map<std::string, Actors, NameHash, std::equal_to<>> objectors_;
        Actors minors_;
        std::unordered_map<std::string, std::vector<records::Consent>> consents_;
    };

    /// All must outlive it. `consents` may be null: then nobody consented to anything.
    PeopleIndex(const ObjectionBook& objections,
                const SubjectFacts& facts,
                const SubjectVault& vault,
                const ConsentBook* consents)
        : objections_(objections), facts_(facts), vault_(vault), consents_(consents) {}

    /// From now on these hosts are one recipient's; never null.
    void join(std::shared_ptr<const privacy::JoinedHosts> hosts);
    /// As the books are now. Errors: those of the books and the vault.
    [[nodiscard]] Result<std::shared_ptr<const Snapshot>> now();

private:
    [[nodiscard]] Result<std::shared_ptr<const Snapshot>> rebuilt(std::uint64_t objections,
                                                                  std::uint64_t facts);
    [[nodiscard]] Result<void> add_consents(Snapshot& snapshot);
    /// Nothing: shredded, so that nothing of theirs can be recognised any more.
    [[nodiscard]] Result<std::optional<std::string>> actor_of(privacy::SubjectNumber subject);

    const ObjectionBook& objections_;
    const SubjectFacts& facts_;
    const SubjectVault& vault_;
    const ConsentBook* consents_;
    std::mutex lock_;
    std::shared_ptr<const Snapshot> snapshot_;
    std::shared_ptr<const privacy::JoinedHosts> joined_{std::make_shared<const privacy::JoinedHosts>()};
    std::unordered_map<std::uint64_t, std::string> actors_;  ///< By subject number.
};

}  // namespace fedtrail::capture
