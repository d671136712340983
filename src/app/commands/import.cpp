#include <spdlog/spdlog.h>

#include "app/commands/commands.hpp"
#include "app/import_run.hpp"
#include "app/rejected_files.hpp"

namespace fedtrail::app {

Result<Exit> import_ndjson(Session& session, const NdjsonOptions& options) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    spdlog::set_level(spdlog::level::off);
    auto source = ImportSource::open(options.source, imports_folder(config->data_dir));
    if (!source) {
        return fail(source);
    }
    watch_import_signals();
    ImportRun run{session, *config, *source};
    const auto summary = import_by(
        session,
        *config,
        {[&](const Sidecar& sidecar) { return import_through(sidecar, source->stream(), run.options()); },
         [&](DeliverySink& sink, const SubjectVault&, const LedgerReader&) {
             return intake::events::import_ndjson(source->stream(), sink, run.options());
         }});
    if (!summary) {
        return fail(summary);
    }
    if (auto ended = run.end(*summary); !ended) {
        return fail(ended);
    }
    run.tell(*summary, nlohmann::ordered_json::object());
    return import_exit(*source, *summary);
}

}  // namespace fedtrail::app
