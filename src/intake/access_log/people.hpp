/// Whose an address at the origin is. Nobody is invented: only people the vault knows are found.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::intake::access_log {

/// All names of one origin; the first is the one in its handles.
using OriginHosts = std::vector<Host>;

struct Person {
    privacy::SubjectNumber number;
    Personal<std::string> actor;  ///< Actor URI.
};

/// Looks people up, and keeps the answers for a minute. Of one thread.
class People {
public:
    struct Limits {
        std::size_t kept{20'000};           ///< Answers.
        std::size_t searched{5'000};        ///< People asked for one object.
        std::size_t search_steps{200'000};  ///< Questions to the ledger in a minute.
    };

    /// All must outlive it.
    People(const SubjectVault& vault,
           const LedgerReader& ledger,
           const Clock& clock,
           std::vector<OriginHosts> origins,
           Limits limits);

    /// One of our hosts by its name, with or without a port; nothing for any other.
    [[nodiscard]] std::optional<Host> local_host(std::string_view name) const;
    /// The host that a log which names none belongs to; empty if there is no origin.
    [[nodiscard]] Host first_host() const;

    /// Who has this actor URI.
    [[nodiscard]] Result<std::optional<Person>> by_actor(const std::string& uri);
    /// Who has this name at the origin of `host`, by handle, or by the forms of actor URIs that carry a name.
    [[nodiscard]] Result<std::optional<Person>> by_name(const Host& host, std::string_view name);
    /// Whose object it is, of whoever something with that URI went out. The ledger does not know names, so it
    /// is asked person by person; nothing if that takes too long.
    [[nodiscard]] Result<std::optional<Person>> by_object(const std::string& uri);
    /// How often that was given up.
    [[nodiscard]] std::uint64_t given_up() const { return given_up_; }
    /// Whether something with that URI of that person went out.
    [[nodiscard]] Result<bool> has(const Person& person, const std::string& uri);

private:
    /// Somebody may become known the moment after they were not, and be fetched at once: that answer is kept
    /// only where it is dear.
    enum class Keep : std::uint8_t { WhoIsKnown, AnyAnswer };

    void age();
    [[nodiscard]] Result<std::optional<Person>> look_up(const std::string& who) const;
    [[nodiscard]] Result<std::optional<Person>> search(const Uri& object);
    [[nodiscard]] Result<std::optional<privacy::SubjectNumber>> owner_among(
        std::span<const privacy::SubjectNumber> numbers, const Uri& object);
    [[nodiscard]] Result<std::optional<Person>> person_of(privacy::SubjectNumber number) const;
    [[nodiscard]] Result<std::optional<Person>> search_name(const Host& host, std::string_view name);
    [[nodiscard]] const OriginHosts* origin_of(const Host& host) const;
    template <typename Find>
    [[nodiscard]] Result<std::optional<Person>> kept(const std::string& key, Keep keep, Find find);

    const SubjectVault& vault_;
    const LedgerReader& ledger_;
    const Clock& clock_;
    std::vector<OriginHosts> origins_;
    Limits limits_;
    std::optional<Instant> kept_until_;
    std::size_t steps_{};  ///< Of searches, in this minute.
    std::uint64_t given_up_{};
    std::unordered_map<std::string, std::optional<Person>> kept_;
    std::unordered_set<std::string> had_;  ///< Of what has() was true.
};

}  // namespace fedtrail::intake::access_log
