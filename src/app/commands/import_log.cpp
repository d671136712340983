#include <limits>
#include <ostream>

#include <spdlog/spdlog.h>

#include "fedtrail/core/count.hpp"

#include "app/commands/commands.hpp"
#include "app/import_run.hpp"
#include "app/ingress_room.hpp"
#include "app/log_import.hpp"
#include "app/rejected_files.hpp"
#include "app/remote_sink.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"

namespace fedtrail::app {

namespace {

using intake::access_log::Form;
using intake::access_log::LineCounts;
using intake::access_log::LogReader;
using intake::access_log::People;
using intake::events::ImportSummary;

nlohmann::ordered_json fetches_json(const LineCounts& counts) {
    nlohmann::ordered_json unnamed = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < counts.unnamed.size(); ++i) {
        unnamed[std::string{name_of(static_cast<fediverse::FetcherKind>(i))}] = counts.unnamed.at(i);
    }
    return {{"fetches",
             {{"signed", counts.signed_pulls},
              {"named", counts.named_pulls},
              {"unnamed", std::move(unnamed)},
              {"over_limit", counts.over_limit}}}};
}

/// One import: what it reads with, and what it counted.
class Importing {
public:
    Importing(const Config& config,
              const fediverse::FetcherWords& words,
              ImportSource& source,
              std::optional<Form> form)
        : config_(config), words_(words), source_(source), form_(form) {}

    Result<ImportSummary> into(DeliverySink& sink,
                               const SubjectVault& vault,
                               const LedgerReader& ledger,
                               const intake::events::ImportOptions& options) {
        People::Limits limits;
        limits.search_steps = std::numeric_limits<std::size_t>::max();  // nobody waits for an import
        People people{vault, ledger, clock_, origin_names(config_), limits};
        LogReader::Options wanted;
        wanted.form = form_;
        LogReader reader{people, words_, std::move(wanted)};
        auto summary = import_log(source_.stream(), reader, sink, options);
        counts_ = reader.counts();
        return summary;
    }

    [[nodiscard]] const LineCounts& counts() const { return counts_; }

private:
    const Config& config_;
    const fediverse::FetcherWords& words_;
    ImportSource& source_;
    std::optional<Form> form_;
    SystemClock clock_;
    LineCounts counts_;
};

void tell_fetches(Session& session, const LineCounts& counts) {
    if (session.json) {
        return;
    }
    session.out << "fetches: " << counts.signed_pulls << " signed, " << counts.named_pulls
                << " by servers that named themselves, " << counts.all_unnamed()
                << " by nobody that can be named\n";
    if (counts.over_limit > 0) {
        session.err << counted(counts.over_limit, "fetch was", "fetches were")
                    << " left out: more servers, things or questions than there can be.\n";
    }
}

}  // namespace

Result<Exit> import_access_log(Session& session, const LogImportOptions& options) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    spdlog::set_level(spdlog::level::off);
    const auto folders = find_policies(session.environment, session.program);
    const auto words =
        folders ? load_fetcher_words(*folders) : Result<fediverse::FetcherWords>{fail(folders)};
    if (!words) {
        return fail(words);
    }
    auto source = ImportSource::open(options.source, imports_folder(config->data_dir));
    if (!source) {
        return fail(source);
    }
    watch_import_signals();
    ImportRun run{session, *config, *source};
    Importing importing{
        *config, *words, *source, options.server == "caddy" ? std::optional{Form::Caddy} : std::nullopt};
    const auto summary =
        import_by(session,
                  *config,
                  {[&](const Sidecar& sidecar) -> Result<ImportSummary> {
                       const auto room = open_reading_room(*config, session.environment);
                       if (!room) {
                           return fail(room);
                       }
                       RemoteSink sink{sidecar};
                       return importing.into(sink, *room->vault, *room->ledger, run.options());
                   },
                   [&](DeliverySink& sink, const SubjectVault& vault, const LedgerReader& ledger) {
                       return importing.into(sink, vault, ledger, run.options());
                   }});
    if (!summary) {
        return fail(summary);
    }
    if (auto ended = run.end(*summary); !ended) {
        return fail(ended);
    }
    run.tell(*summary, fetches_json(importing.counts()));
    tell_fetches(session, importing.counts());
    return import_exit(*source, *summary);
}

}  // namespace fedtrail::app
