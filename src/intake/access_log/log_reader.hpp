/// From lines of an access log to observations: who fetched what of whom.

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>

#include "fedtrail/core/result.hpp"
#include "fedtrail/fediverse/fetcher.hpp"
#include "fedtrail/ports/delivery_sink.hpp"

#include "intake/access_log/access_line.hpp"
#include "intake/access_log/fetched.hpp"
#include "intake/access_log/people.hpp"

namespace fedtrail::intake::access_log {

/// What became of the lines, in numbers.
struct LineCounts {
    std::uint64_t lines{};
    std::uint64_t rejected{};  ///< Not of the form.
    std::uint64_t signed_pulls{};
    std::uint64_t named_pulls{};  ///< Without a signature; the User-Agent names the server.
    std::array<std::uint64_t, fediverse::kFetcherKinds> unnamed{};  ///< Nobody can be named; by FetcherKind.
    std::uint64_t refused{};       ///< Asked, with a signature, for what was erased.
    std::uint64_t without_body{};  ///< Of somebody's, but nothing went: HEAD, 304.
    std::uint64_t over_limit{};  ///< Named, and left out: more names, things or questions than there can be.

    [[nodiscard]] std::uint64_t all_unnamed() const;
    void add(const LineCounts& more);
    friend bool operator==(const LineCounts&, const LineCounts&) = default;
};

/// A line that is no observation: it is in the counts, if it matters at all.
struct Nothing {};
/// A line that is not of the form. It does not quote the line.
struct Rejected {
    Error reason;
};

/// Of one thread.
class LogReader {
public:
    struct Options {
        /// Without one, nginx's: its own (combined), or JSON where a line begins as that.
        std::optional<Form> form{Form::Json};
        std::size_t hosts_a_day{20'000};    ///< Different fetchers: what they are called is their choice.
        std::size_t objects_a_day{20'000};  ///< Different things that never went out before.
        /// Whether a URI is of something that was erased; may be empty.
        std::function<bool(std::string_view uri)> watched;
    };
    using Outcome = std::variant<Nothing, Rejected, records::Observation>;

    /// All must outlive it.
    LogReader(People& people, const fediverse::FetcherWords& words, Options options);

    /// Errors: those of the vault and the ledger; the line is not counted then.
    [[nodiscard]] Result<Outcome> take(std::string_view line);

    /// Since it was made.
    [[nodiscard]] const LineCounts& counts() const { return counts_; }

private:
    /// Who asked.
    struct Caller {
        bool signs{};
        fediverse::FetcherKind kind{fediverse::FetcherKind::Other};
        Host host;
    };
    [[nodiscard]] Result<Outcome> judge(const AccessLine& line);
    [[nodiscard]] Result<Outcome> given(const AccessLine& line, const Host& host);
    [[nodiscard]] Result<Outcome> refused(const AccessLine& line, const Host& host);
    [[nodiscard]] Caller caller_of(const AccessLine& line);
    [[nodiscard]] bool within_limits(const AccessLine& line, const Caller& caller, const Fetched& got);

    People& people_;
    const fediverse::FetcherWords& words_;
    Options options_;
    LineCounts counts_;
    std::int64_t day_{-1};
    std::unordered_set<std::string> hosts_;  ///< Of `day_`.
    std::unordered_set<std::size_t> objects_;
    std::unordered_map<std::string, fediverse::Fetcher> agents_;  ///< Answers: a log has few of them.
};

}  // namespace fedtrail::intake::access_log
