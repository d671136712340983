/// What is known of the servers that data went to.

#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/privacy/joined_hosts.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail {

/// Which HTTP signatures a recipient was seen to understand.
enum class SignatureScheme : std::uint8_t {
    Unknown = 0,
    Cavage = 1,  ///< draft-cavage-http-signatures-12
    Rfc9421 = 2,
};

struct RecipientEntry {
    Host host;
    std::string software;  ///< As NodeInfo names it, lower case; "" is unknown.
    std::string version;
    std::optional<Instant> asked_at;  ///< The last try to ask for NodeInfo, whatever came of it.
    std::optional<Instant> known_at;  ///< The last answer.
    std::string shared_inbox;         ///< URI; "" is unknown.
    std::string inbox;                ///< URI of somebody's inbox there, for servers without a shared one.
    Personal<std::string> contact;    ///< Mail address of the operator; "" is unknown.
    std::string
        contact_source;    ///< "nodeinfo", "instance_api"; "admin" where a declaration stands before it.
    std::string language;  ///< BCP 47 of the operator; "" is unknown.
    bool relay{};
    bool community{};  ///< It passes on what its groups get (FEP-1b12).
    SignatureScheme scheme{SignatureScheme::Unknown};
    std::optional<Instant> failing_since;  ///< Of our own requests, without a success since.
    // The honour rate, as records::RecipientCard has it.
    std::uint64_t told{};
    std::uint64_t gone{};
    std::uint64_t present{};
    std::uint64_t not_visible{};
    // What the server says of itself, as it was refreshed last.
    std::optional<std::uint64_t> users{};
    std::optional<bool> registrations_open{};
    Personal<std::string> operator_name{};  ///< As a field made for it says; "" is unknown.
    Personal<std::string> contact_name{};   ///< Of the account to turn to: a person, not the operator.
    std::string privacy_policy{};           ///< URI; "" is unknown.
    std::string terms{};                    ///< URI; "" is unknown.
    std::string imprint{};                  ///< URI; "" is unknown.
    std::string declared_country{};         ///< As it is written in a field made for it, unchecked.
    std::vector<std::string> addresses{};   ///< It was reached at, the newest first; at most 8.
    bool bridge{};                          ///< It passes on into another network.
    bool single_person{};                   ///< One account: the host itself is personal data.
    /// The host that the recipient is named by; empty if that is this one. Both servers said so.
    Host main{};
    std::vector<records::HostAlias> aliases{};  ///< Of the same recipient, in the order of their hosts.
    std::string failing_how{};  ///< The last failure: "no connection", "it answers 503"; "" is unknown.
    /// URI; "" is none. What the controller declared (DeclarationBook, word `inbox`): it is read with the
    /// entry, and update() does not write it.
    std::string declared_inbox{};
    /// It asked to be left alone until then. Whoever hears that writes it down here; all look here first.
    std::optional<Instant> rest_until{};
};

/// What is known of all recipients that run one software, added up.
struct SoftwareRecord {
    std::uint64_t hosts{};
    std::uint64_t told_hosts{};  ///< Of them: that acknowledged a notice.
    std::uint64_t told{};        ///< As RecipientEntry has it.
    std::uint64_t gone{};
    std::uint64_t present{};
    std::uint64_t not_visible{};
    std::uint64_t cavage{};   ///< Hosts that refused RFC 9421 and took draft-cavage …
    std::uint64_t rfc9421{};  ///< … and the other way round.

    friend bool operator==(const SoftwareRecord&, const SoftwareRecord&) = default;
};

/// One entry that changes. `change` may be called more than once: it must not have effects of its own.
struct RecipientChange {
    Host host;
    std::function<void(RecipientEntry&)> change;
};

/// Thread-safe; several processes may share it. Errors of all: Unavailable, Corrupt.
class RecipientDirectory {
public:
    RecipientDirectory() = default;
    RecipientDirectory(const RecipientDirectory&) = delete;
    RecipientDirectory& operator=(const RecipientDirectory&) = delete;
    RecipientDirectory(RecipientDirectory&&) = delete;
    RecipientDirectory& operator=(RecipientDirectory&&) = delete;
    virtual ~RecipientDirectory() = default;

    /// An empty entry with that host if nothing is known.
    [[nodiscard]] virtual Result<RecipientEntry> entry(const Host& host) const = 0;
    /// The same for many, in their order.
    [[nodiscard]] virtual Result<std::vector<RecipientEntry>> entries(std::span<const Host> hosts) const = 0;
    /// By software; "" is unknown. Reads every entry that is not damaged: not for every message.
    [[nodiscard]] virtual Result<std::map<std::string, SoftwareRecord>> by_software() const = 0;
    /// Which hosts are one recipient's, by the entries' `main` and `aliases`; never null. Reads every entry
    /// that is not damaged, if anything changed: not for every message.
    [[nodiscard]] virtual Result<std::shared_ptr<const privacy::JoinedHosts>> joined() const = 0;
    /// How many damaged entries the last joined() passed over.
    [[nodiscard]] virtual std::uint64_t damaged_entries() const { return 0; }
    /// Reads, changes and writes one entry in one step.
    [[nodiscard]] virtual Result<void> update(const Host& host,
                                              const std::function<void(RecipientEntry&)>& change) = 0;
    /// update() for many, in their order; a store on disk makes all of them durable in one step, or none.
    [[nodiscard]] virtual Result<void> update_all(std::span<const RecipientChange> changes) {
        for (const auto& one : changes) {
            if (auto done = update(one.host, one.change); !done) {
                return done;
            }
        }
        return {};
    }
};

/// Our requests there fail, now so: "no connection", "it answers 503".
inline void note_failure(RecipientEntry& entry, std::string how, Instant at) {
    entry.failing_since = entry.failing_since.value_or(at);
    entry.failing_how = std::move(how);
}

/// It answers.
inline void note_answer(RecipientEntry& entry) {
    entry.failing_since.reset();
    entry.failing_how.clear();
}

/// It asked to be left alone; the longest wish counts.
inline void note_rest(RecipientEntry& entry, Instant until) {
    entry.rest_until = std::max(entry.rest_until.value_or(until), until);
}

[[nodiscard]] inline bool is_resting(const RecipientEntry& entry, Instant now) {
    return entry.rest_until && *entry.rest_until > now;
}

/// Counts an entry in.
inline void add(std::map<std::string, SoftwareRecord>& records, const RecipientEntry& entry) {
    auto& record = records[entry.software];
    ++record.hosts;
    record.told_hosts += entry.told > 0 ? 1 : 0;
    record.told += entry.told;
    record.gone += entry.gone;
    record.present += entry.present;
    record.not_visible += entry.not_visible;
    record.cavage += entry.scheme == SignatureScheme::Cavage ? 1 : 0;
    record.rfc9421 += entry.scheme == SignatureScheme::Rfc9421 ? 1 : 0;
}

/// Joins what the entry says belongs together.
inline void join(privacy::JoinedHosts& joined, const RecipientEntry& entry) {
    joined.join(entry.host, entry.main);
    for (const auto& alias : entry.aliases) {
        joined.join(entry.host, alias.host);
    }
}

}  // namespace fedtrail
