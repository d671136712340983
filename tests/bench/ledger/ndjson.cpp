#include "bench/ledger/ndjson.hpp"

#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "fedtrail/ports/clock.hpp"

#include "bench/ledger/expected.hpp"
#include "bench/ledger/open_ledger.hpp"
#include "capture/recorder.hpp"
#include "intake/events/import.hpp"

namespace fedtrail::bench {

namespace {

/// A history is imported when it is over.
class AfterTheEnd : public Clock {
public:
    explicit AfterTheEnd(const Model& model)
        : now_(Instant{std::chrono::milliseconds{model.end() + 60 * kDayMs}}) {}
    [[nodiscard]] Instant now() const override { return now_; }

private:
    Instant now_;
};

class Lines {
public:
    explicit Lines(const Workload& workload) : workload_(workload) {}

    const Activity& activity_of(const Attempt& attempt) {
        const std::pair named{attempt.user, attempt.activity};
        if (named != last_) {
            last_ = named;
            activity_ = workload_.activity(attempt.user, attempt.activity);
            text_ = workload_.text(attempt.user, attempt.activity);
            common_ = R"("object":")" + text_.object + R"(","categories":[)" + categories() +
                      R"(],"visibility":")" + std::string{fediverse::name_of(activity_.visibility)} +
                      "\"}}\n";
        }
        return activity_;
    }

    void append(const Attempt& attempt, std::string& out) {
        activity_of(attempt);
        const bool pulled = attempt.outcome.kind == privacy::OutcomeKind::Fetched;
        out += R"({"at":")" + format_rfc3339(from_unix_seconds(attempt.at_seconds)) + R"(","channel":")";
        out += privacy::name_of(attempt.channel);
        out += R"(","origin":"origin.example","recipient":")" + Servers::host_of(attempt.server);
        out += R"(","outcome":{"kind":")";
        out += privacy::name_of(attempt.outcome.kind);
        out += R"(","status":)" + std::to_string(attempt.outcome.status) + R"(},"activity":{"actor":")";
        out += actor_of(attempt.user) + "\",";
        if (!pulled) {
            out += R"("id":")" + text_.id + R"(","type":")";
            out += type_of(activity_.kind);
            out += "\",";
        }
        out += common_;
    }

private:
    [[nodiscard]] std::string categories() const {
        std::string list;
        for (const auto& [category, name] : fediverse::kDataCategories) {
            if (activity_.categories.has(category)) {
                list += (list.empty() ? "\"" : ",\"") + std::string{name} + "\"";
            }
        }
        return list;
    }

    const Workload& workload_;
    std::pair<std::uint32_t, std::uint32_t> last_{~0U, ~0U};
    Activity activity_;
    ActivityText text_;
    std::string common_;
};

Result<void> write_file(Workload& workload,
                        const std::filesystem::path& file,
                        std::uint64_t limit,
                        Expected& expected,
                        NdjsonIngested& result) {
    std::ofstream out{file, std::ios::binary};
    Lines lines{workload};
    ObservationBatch batch;
    std::string text;
    while (result.lines < limit && workload.next(batch)) {
        text.clear();
        for (const auto& attempt : batch.attempts) {
            expected.add(attempt, lines.activity_of(attempt));
            lines.append(attempt, text);
        }
        out << text;
        result.lines += batch.attempts.size();
        result.bytes += text.size();
    }
    out.close();
    if (!out.good()) {
        return fail(ErrorKind::Unavailable, "the file of observations could not be written");
    }
    return {};
}

Result<void> import_file(const OpenLedger& ledger,
                         const Model& model,
                         const std::filesystem::path& file,
                         NdjsonIngested& result) {
    const AfterTheEnd clock{model};
    capture::RecorderOptions options;
    options.origins = {{Host::parse("origin.example").value(), {}}};
    std::optional<Error> fold_failed;
    capture::RecorderEvents events;
    events.fold_failed = [&fold_failed](const Error& error) { fold_failed = error; };
    capture::Recorder recorder{ledger.writer(), ledger.vault(), clock, std::move(options), std::move(events)};
    std::ifstream stream{file, std::ios::binary};
    result.importing.start();
    std::jthread writing{[&recorder](const std::stop_token& stop) { recorder.run(stop); }};
    const auto summary = intake::events::import_ndjson(stream, recorder, {});
    writing.request_stop();
    writing.join();
    result.importing.stop();
    if (!summary) {
        return fail(summary);
    }
    if (fold_failed) {
        return tl::unexpected{*fold_failed};
    }
    result.fresh = summary->fresh;
    result.rejected = summary->rejected;
    return {};
}

}  // namespace

Result<NdjsonIngested> ingest_ndjson(const Model& model,
                                     const std::filesystem::path& directory,
                                     std::uint64_t limit) {
    NdjsonIngested result;
    Workload workload{model};
    Expected expected{sampled_users(workload, 20), {}};
    const auto file = directory / "observations.ndjson";
    if (auto written = write_file(workload, file, limit, expected, result); !written) {
        return fail(written);
    }
    const auto ledger = OpenLedger::open(directory, OpenLedger::For::Writing);
    if (!ledger) {
        return fail(ledger);
    }
    if (auto imported = import_file(**ledger, model, file, result); !imported) {
        return fail(imported);
    }
    std::filesystem::remove(file);
    const auto subjects = enrol_all((*ledger)->vault(), workload);
    if (!subjects) {
        return fail(subjects);
    }
    const auto pairs = check_pairs((*ledger)->reader(), expected, *subjects);
    if (!pairs) {
        return fail(pairs);
    }
    result.pairs = *pairs;
    return result;
}

}  // namespace fedtrail::bench
