/// How the instance fares, as a value and as JSON; the same for the API and the command line.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/error.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/transparency_log.hpp"
#include "fedtrail/privacy/legal_clock.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::api {

/// What flows, what is due, and what is wrong; no names of people. What only a running sidecar can say is
/// absent where none answers.
struct StatusView {
    struct Instance {
        std::int64_t process{};
        std::string since;  ///< RFC 3339.
        std::string proxy;  ///< "127.0.0.1:7117"
        std::string api;
        bool ready{};
        bool answered{true};  ///< Else `ready` is not known.
    };
    /// Recorded lately, or since the start if that is later.
    struct Flow {
        std::uint64_t last_hour{};
        std::uint64_t last_day{};
        std::uint64_t waiting{};  ///< For a commit.
    };
    /// Of the access log that is followed.
    struct Ingress {
        std::uint64_t lines{};
        std::uint64_t rejected{};
        std::uint64_t signed_fetches{};
        std::uint64_t named{};
        std::uint64_t unnamed{};
        std::uint64_t behind_octets{};
    };
    struct UntrustedHost {
        std::string host;
        std::uint64_t connections{};
    };
    /// Connections whose client did not trust the authority.
    struct Untrusted {
        std::uint64_t hosts{};
        std::uint64_t connections{};  ///< Passed unread.
        std::uint64_t refused{};      ///< Ended by the client.
        std::vector<UntrustedHost> most;
    };
    struct Rules {
        std::uint64_t in_force{};
        bool refused{};  ///< The file as it is now cannot be used.
        std::uint64_t prevented{};
        std::uint64_t objected{};
        std::uint64_t flagged{};
    };
    struct NextDue {
        records::RequestNumber number;
        privacy::Day due;
        bool overdue{};
    };
    struct Erasures {
        std::uint64_t open{};
        std::uint64_t waiting_for_you{};
        std::uint64_t overdue{};
        std::uint64_t messages_left{};
        std::optional<NextDue> next;
    };
    struct Log {
        std::uint64_t leaves{};  ///< With those that no checkpoint covers yet.
        std::optional<SignedCheckpoint> last;
    };
    /// Policies of recipients that changed in the last `days`.
    struct Policies {
        std::chrono::days days{};
        std::uint64_t changes{};
        std::uint64_t servers{};
    };

    std::optional<Instance> running;
    std::optional<Flow> flow;
    std::optional<Ingress> ingress;
    std::optional<Untrusted> untrusted;
    LedgerTotals ledger;
    std::optional<Rules> rules;
    std::optional<Erasures> erasures;
    std::optional<Log> log;
    std::optional<Policies> policies;
    std::vector<Error> wrong;  ///< Each with its remedy.
};

/// schemas/cli/status.schema.json.
[[nodiscard]] std::string status_json(const StatusView& view);

}  // namespace fedtrail::api
