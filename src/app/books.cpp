#include "app/books.hpp"

#include <spdlog/spdlog.h>

#include "app/kept_gaps.hpp"
#include "app/threads.hpp"

namespace fedtrail::app {

namespace {

capture::RecorderOptions recorder_options(const Config& config) {
    capture::RecorderOptions options;
    for (const auto& origin : config.origins) {
        options.origins.push_back(
            {origin.host, origin.aliases, fediverse::account_paths_of(origin.software)});
    }
    options.fold_interval = config.ledger.fold_interval;
    options.refused_stays = !config.proxy.pass_on_ledger_failure;
    return options;
}

}  // namespace

Result<std::unique_ptr<Books>> Books::open(const Config& config,
                                           const Environment& environment,
                                           const Clock& clock,
                                           capture::RecorderEvents events) {
    std::unique_ptr<Books> books{new Books};
    if (auto opened = books->open_stores(config, environment); !opened) {
        return fail(opened);
    }
    books->gaps_file_ = config.data_dir / "gaps-at-start";
    if (const auto recorded = record_kept_gaps(books->gaps_file_, *books->writer_); !recorded) {
        spdlog::error("what left unrecorded before is not in the ledger yet: {}. {}",
                      recorded.error().what,
                      recorded.error().remedy);
    }
    books->recorder_ = std::make_unique<capture::Recorder>(
        *books->writer_, *books->vault_, clock, recorder_options(config), std::move(events));
    books->committing_ = named_thread(
        "recorder",
        [recorder = books->recorder_.get()](const std::stop_token& stop) { recorder->run(stop); });
    return books;
}

Result<void> Books::open_stores(const Config& config, const Environment& environment) {
    auto cipher = openssl::OpensslCipher::make();
    if (!cipher) {
        return fail(cipher);
    }
    cipher_ = std::move(*cipher);
    auto vault = open_vault(config, environment, *cipher_, sqlite::OpenMode::ReadWrite);
    if (!vault) {
        return fail(vault);
    }
    vault_ = std::move(*vault);
    auto ledger = open_ledger(config, *vault_);
    if (!ledger) {
        return fail(ledger);
    }
    if (const auto lag = lag_of(ledger->fit); !lag.empty()) {
        spdlog::warn("{}", lag);
    }
    writer_ = std::move(ledger->writer);
    reader_ = std::move(ledger->reader);
    return {};
}

void Books::close() {
    if (committing_.joinable()) {
        committing_.request_stop();
        committing_.join();
    }
    const auto gaps = recorder_ ? recorder_->unwritten_gaps() : std::vector<records::GapObservation>{};
    if (gaps.empty()) {
        return;
    }
    if (const auto kept = keep_gaps(gaps_file_, gaps); !kept) {
        spdlog::error("deliveries left unrecorded, and no gap will say so: {}. {}",
                      kept.error().what,
                      kept.error().remedy);
    }
}

Books::~Books() {
    close();
}

}  // namespace fedtrail::app
