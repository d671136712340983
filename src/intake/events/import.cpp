#include "intake/events/import.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace fedtrail::intake::events {

namespace {

fediverse::IsLocal local_to_own(const ImportOptions& options) {
    return options.own_hosts.empty() ? fediverse::IsLocal{} : fediverse::local_to(options.own_hosts);
}

/// Moves a stream that cannot seek; false if it ends before.
bool skip(std::istream& stream, std::uint64_t bytes) {
    constexpr std::uint64_t kStep = 1ULL << 30U;
    while (bytes > 0 && stream.good()) {
        const auto step = std::min(bytes, kStep);
        stream.ignore(static_cast<std::streamsize>(step));
        bytes -= step;
    }
    return stream.good();
}

/// Collects a batch and hands it on.
class Import {
public:
    Import(std::istream& stream, DeliverySink& sink, const ImportOptions& options)
        : reader_(stream, options.resume, local_to_own(options), options.stop),
          sink_(sink),
          options_(options) {
        summary_.position = options.resume;
        batch_.reserve(options.batch);
    }

    Result<ImportSummary> run() {
        while (!stopped()) {
            const bool more = collect();
            if (auto durable = hand_on(); !durable) {
                return fail(durable);
            }
            if (!more) {
                summary_.stopped = reader_.cut_short();
                return summary_;
            }
        }
        summary_.stopped = true;
        return summary_;
    }

private:
    [[nodiscard]] bool stopped() const {
        return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
    }

    /// Fills the batch; false at the end of the stream. Never waits for more while it holds something.
    bool collect() {
        for (std::size_t lines = 0; lines < std::max<std::size_t>(options_.batch, 1); ++lines) {
            if (!batch_.empty() && reader_.would_wait()) {
                break;
            }
            auto entry = reader_.next();
            if (!entry) {
                return false;
            }
            take(*entry);
        }
        return true;
    }

    void take(NdjsonReader::Entry& entry) {
        ++summary_.lines;
        read_ = entry.end;
        if (auto refusal = entry.observation ? options_.refusal(*entry.observation) : std::nullopt) {
            entry.observation = tl::unexpected<Error>{*std::move(refusal)};
        }
        if (entry.observation) {
            batch_.push_back(std::move(*entry.observation));
            return;
        }
        ++summary_.rejected;
        if (options_.rejected) {
            options_.rejected({entry.end.lines, entry.text, entry.observation.error()});
        }
    }

    Result<void> hand_on() {
        if (!batch_.empty()) {
            const auto observed = sink_.observe(batch_);
            if (!observed) {
                return fail(observed);
            }
            summary_.add(*observed, batch_.size());
            batch_.clear();
        }
        if (read_ && *read_ != summary_.position) {
            summary_.position = *read_;
            if (options_.progress) {
                options_.progress(summary_);
            }
        }
        return {};
    }

    NdjsonReader reader_;
    DeliverySink& sink_;
    const ImportOptions& options_;
    ImportSummary summary_;
    std::vector<records::Observation> batch_;
    std::optional<Position> read_;
};

}  // namespace

std::optional<Error> ImportOptions::refusal(const records::Observation& seen) const {
    if (clock != nullptr && seen.at > clock->now() + kMostAhead) {
        return Error{ErrorKind::Invalid,
                     "its time is more than a day ahead of this machine's clock",
                     "correct the clock that is wrong, and the line"};
    }
    const bool named = !seen.origin.text().empty() && !own_hosts.empty();
    if (named && std::find(own_hosts.begin(), own_hosts.end(), seen.origin) == own_hosts.end()) {
        return Error{ErrorKind::Invalid,
                     "`origin` is none of the hosts under [[origin]] in the configuration",
                     "correct the line, leave `origin` out of it, or name the host under [[origin]]"};
    }
    return std::nullopt;
}

void ImportSummary::add(const Observed& observed, std::size_t given) {
    fresh += observed.fresh;
    without_subject += observed.without_subject;
    to_own_origin += observed.to_own_origin;
    duplicate += given - std::min(observed.fresh + observed.without_subject, given);
}

Result<void> go_behind(std::istream& stream, std::uint64_t offset) {
    if (offset == 0) {
        return {};
    }
    bool there = true;
    if (!stream.seekg(static_cast<std::streamoff>(offset - 1))) {
        stream.clear();
        there = skip(stream, offset - 1);
    }
    const bool behind_a_line = there && stream.get() == '\n';
    if (!behind_a_line && !stream.bad()) {  // where it is bad nothing more is read: its owner knows why
        return fail(
            ErrorKind::Invalid,
            "the import cannot resume: the input is shorter than before, or no line ends where it stopped",
            "import it again; what is in the ledger already is not counted twice");
    }
    return {};
}

Result<ImportSummary> import_ndjson(std::istream& stream, DeliverySink& sink, const ImportOptions& options) {
    if (auto there = go_behind(stream, options.resume.offset); !there) {
        return fail(there);
    }
    return Import{stream, sink, options}.run();
}

}  // namespace fedtrail::intake::events
