/// Takes a stream of observations in.

#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/delivery_sink.hpp"

#include "intake/events/ndjson_reader.hpp"

namespace fedtrail::intake::events {

/// A line that was not taken.
struct RejectedLine {
    std::uint64_t line{};  ///< From 1.
    std::string_view
        text;  ///< Valid during the call. Personal data: for the writer of the rejected file alone.
    const Error& reason;  ///< Does not quote the line.
};

struct ImportSummary {
    std::uint64_t lines{};  ///< That were not blank, in this run.
    std::uint64_t fresh{};
    std::uint64_t duplicate{};
    std::uint64_t without_subject{};  ///< About no local person: not taken.
    std::uint64_t
        to_own_origin{};  ///< Of those: about a local person, to a host of that person's own origin.
    std::uint64_t rejected{};
    Position position;  ///< Everything before it is durable or was rejected: where to resume.
    bool stopped{};     ///< By the stop flag, before the end of the stream.

    /// What became of `given` observations.
    void add(const Observed& observed, std::size_t given);
};

/// A clock may be off by its time zone; what is dated further ahead was dated by a wrong one.
inline constexpr std::chrono::hours kMostAhead{24};

struct ImportOptions {
    Position resume;  ///< From an earlier summary of the same stream.
    std::size_t batch{1'000};
    /// Called for each bad line, in order. After a crash a line can come again: those behind `position`.
    std::function<void(const RejectedLine&)> rejected;
    /// Called after each durable batch; store `position` here to be able to resume.
    std::function<void(const ImportSummary&)> progress;
    /// Lines dated more than kMostAhead after its now are rejected. Null: none are.
    const Clock* clock{};
    /// Every host that is an origin's own: a line that names another as its `origin` is rejected. Empty: none
    /// is.
    std::vector<Host> own_hosts{};
    /// Why an observation is not taken; nothing where it is.
    [[nodiscard]] std::optional<Error> refusal(const records::Observation& seen) const;
    const std::atomic<bool>* stop{};  ///< Looked at before each batch. May be null.
};

/// Moves a stream that stands at its beginning behind `offset` bytes, where a line must have ended. One that
/// cannot seek is read up to there. None where it becomes bad(): then nothing more is read from it.
/// Errors: Invalid (it ends before, or no line ends there).
[[nodiscard]] Result<void> go_behind(std::istream& stream, std::uint64_t offset);

/// Reads observations from `stream`, one on each line, and hands them to the sink in batches; returns when
/// all are durable. A bad line is rejected and the rest goes in. A stream that is still being written is
/// taken as it comes. Errors: Invalid (the stream does not reach to `resume`, or no line ends there),
/// Unavailable (the sink); what the last progress call told stays durable.
[[nodiscard]] Result<ImportSummary> import_ndjson(std::istream& stream,
                                                  DeliverySink& sink,
                                                  const ImportOptions& options);

}  // namespace fedtrail::intake::events
