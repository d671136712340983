#include "app/forgetting_wing.hpp"

#include <algorithm>
#include <set>

#include <spdlog/spdlog.h>

#include "fedtrail/core/count.hpp"
#include "fedtrail/core/hex.hpp"

#include "app/case_room.hpp"
#include "app/files.hpp"
#include "app/json_schema.hpp"
#include "app/report_room.hpp"
#include "app/stores.hpp"
#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "retention/named.hpp"

namespace fedtrail::app {

namespace {

using retention::kRunEvery;

void tell_waiting(const retention::Finished& finished) {
    spdlog::warn("retention: the shredding of {} is not complete: {}. {} It is tried again.",
                 counted(finished.waiting, "person", "people"),
                 finished.left->what,
                 finished.left->remedy);
}

}  // namespace

Result<void> check_words(const SubjectVault& vault,
                         privacy::SubjectNumber subject,
                         const std::string& words) {
    const auto person = vault.identity(subject);
    return person && retention::names_person(words, *person)
               ? fail(ErrorKind::Invalid,
                      "the reason names the person, and would stay in the log for good",
                      "Say it without their name: \"asked for by letter of 3 May\".")
               : Result<void>{};
}

std::filesystem::path shredding_register_file(const Config& config) {
    return config.data_dir / "shreddings.ndjson";
}

Result<retention::RetentionPolicy> load_retention(const PolicyFolders& folders) {
    const auto file = folders.policies / "retention.json";
    const auto document = read_text(file);
    const auto rules = read_text(folders.schemas / "retention.schema.json");
    if (!document || !rules) {
        return fail(!document ? document : rules);
    }
    if (auto kept = check_schema(*document, *rules, file.string()); !kept) {
        return fail(kept);
    }
    auto policy = retention::RetentionPolicy::parse(*document);
    if (!policy) {
        auto error = policy.error();
        error.what = file.string() + ": " + error.what;
        return tl::unexpected<Error>{std::move(error)};
    }
    return policy;
}

ForgettingWing::ForgettingWing(ForgettingPorts ports)
    : ports_(std::move(ports)), loop_("retention", ports_.clock, past_damage(), told_in_log("")) {}

ForgettingWing::~ForgettingWing() {
    stop();
}

Result<std::unique_ptr<ForgettingWing>> ForgettingWing::open(ForgettingPorts ports,
                                                             const PolicyFolders& folders) {
    std::unique_ptr<ForgettingWing> wing{new ForgettingWing{std::move(ports)}};
    if (auto read = wing->use(folders); !read) {
        return fail(read);
    }
    if (auto opened = wing->open_stores(); !opened) {
        return fail(opened);
    }
    wing->build();
    return wing;
}

Result<void> ForgettingWing::use(const PolicyFolders& folders) {
    auto policy = load_retention(folders);
    if (!policy) {
        return fail(policy);
    }
    if (retention::letters_outlast_cases(*policy)) {
        spdlog::warn("retention: {}. {}", kLettersOutlast, kLettersOutlastRemedy);
    }
    auto shared = std::make_shared<const retention::RetentionPolicy>(std::move(*policy));
    const std::scoped_lock held{policy_guard_};
    policy_ = std::move(shared);
    return {};
}

std::shared_ptr<const retention::RetentionPolicy> ForgettingWing::policy() const {
    const std::scoped_lock held{policy_guard_};
    return policy_;
}

Result<void> ForgettingWing::open_stores() {
    const auto cases = cases_file(ports_.config);
    auto access = sqlite::SqliteAccess::open_file(cases, ports_.vault, sqlite::OpenMode::ReadWrite);
    auto case_forgetter = sqlite::SqliteCaseForgetter::open_file(cases);
    auto case_expiry = sqlite::SqliteCaseExpiry::open_file(cases, ports_.vault);
    using What = sqlite::SqliteLedgerExpiry::What;
    auto tunnels = sqlite::SqliteLedgerExpiry::open_file(ports_.config.store, What::UnreadConnections);
    auto gaps = sqlite::SqliteLedgerExpiry::open_file(ports_.config.store, What::Gaps);
    if (!access || !case_expiry) {
        return !access ? Result<void>{fail(access)} : Result<void>{fail(case_expiry)};
    }
    if (!case_forgetter) {
        return fail(case_forgetter);
    }
    if (!tunnels || !gaps) {
        return !tunnels ? Result<void>{fail(tunnels)} : Result<void>{fail(gaps)};
    }
    auto ledger_files = sqlite::SqliteOverwriter::open_file(ports_.config.store, sqlite::ledger_kind());
    auto case_files = sqlite::SqliteOverwriter::open_file(cases, sqlite::cases_kind());
    if (!ledger_files || !case_files) {
        return !ledger_files ? Result<void>{fail(ledger_files)} : Result<void>{fail(case_files)};
    }
    ledger_files_ = std::move(*ledger_files);
    case_files_ = std::move(*case_files);
    access_ = std::move(*access);
    case_forgetter_ = std::move(*case_forgetter);
    case_expiry_ = std::move(*case_expiry);
    tunnel_expiry_ = std::move(*tunnels);
    gap_expiry_ = std::move(*gaps);
    return {};
}

void ForgettingWing::build() {
    tokens_ = std::make_unique<TokenForgetter>(ports_.tokens);
    notes_ = std::make_unique<NoteForgetter>(ports_.tokens, ports_.vault);
    letters_ = std::make_unique<LetterForgetter>(ports_.cases, ports_.config.erasure.letters);
    rejected_ = std::make_unique<RejectedFiles>(ports_.config.data_dir);
    pages_ = std::make_unique<PageForgetter>(scratch_folder(ports_.config));
    facts_ = std::make_unique<FactForgetter>(ports_.cases);
    memory_ = std::make_unique<MemoryForgetter>([this](privacy::SubjectNumber who) {
        ports_.forget_in_memory(who);
        ++forgotten_;
    });
    set_aside_ = std::make_unique<SetAsideStores>(std::vector{vault_file(ports_.config),
                                                              std::filesystem::path{ports_.config.store},
                                                              cases_file(ports_.config),
                                                              // Their own tokens, and notes that name them.
                                                              ports_.config.data_dir / "tokens.json"});
    register_ = std::make_unique<ShreddingRegister>(
        shredding_register_file(ports_.config), hex(ports_.vault.id()), ports_.clock);
    shredder_ = std::make_unique<retention::Shredder>(
        retention::ShredderPorts{ports_.vault,
                                 ports_.recorder,
                                 ports_.cases,
                                 ports_.cases,
                                 ports_.cases,
                                 {register_.get(),
                                  letters_.get(),
                                  tokens_.get(),
                                  facts_.get(),
                                  case_forgetter_.get(),
                                  access_.get(),
                                  &ports_.consents,
                                  memory_.get(),
                                  rejected_.get(),
                                  pages_.get()},
                                 {&ports_.vault, ledger_files_.get(), case_files_.get(), set_aside_.get()},
                                 ports_.clock,
                                 {notes_.get()}});
    (void)loop_.add("retention", [this] { return step(); });
}

Result<std::size_t> ForgettingWing::shred_again() {
    const auto registered =
        ShreddingRegister::read(shredding_register_file(ports_.config), LastLine::AnyHalf);
    const auto known = ports_.vault.shreddings();
    if (!registered || !known) {
        return !registered ? Result<std::size_t>{fail(registered)} : Result<std::size_t>{fail(known)};
    }
    std::set<std::uint64_t> shredded;
    for (const auto& shredding : *known) {
        shredded.insert(shredding.subject.get());
    }
    const auto vault = hex(ports_.vault.id());
    std::size_t count = 0;
    for (const auto& entry : *registered) {
        if (entry.vault != vault || shredded.contains(entry.subject.get())) {
            continue;
        }
        auto done = shredder_->shred({entry.subject,
                                      records::ShredReason::Restored,
                                      records::RequestNumber{0},
                                      std::string{records::name_of(records::ShredReason::Restored)},
                                      "fedtrail"});
        if (!done) {
            return fail(done);
        }
        count += done->left ? 0 : 1;  // else finish() meets them
    }
    return count;
}

Result<std::size_t> ForgettingWing::finish() {
    auto again = shred_again();
    if (!again) {
        return again;
    }
    // No start waits for these: a shredding does.
    for (const auto& removed : {letters_->remove_unfinished(), pages_->remove()}) {
        if (!removed) {
            spdlog::warn("retention: {}. {}", removed.error().what, removed.error().remedy);
        }
    }
    remove_half_files();
    rewrite_once();
    const auto finished = shredder_->finish();
    if (!finished) {
        return fail(finished);
    }
    if (finished->left) {
        tell_waiting(*finished);
    }
    return *again + finished->completed + finished->waiting;
}

Result<retention::RetentionSummary> ForgettingWing::run(retention::RunKind kind) {
    const std::scoped_lock held{running_};
    if (kind != retention::RunKind::Count) {
        remove_half_files();  // at the start they may have been too young
    }
    const auto policy = this->policy();
    retention::RetentionRun run{{ports_.cases,
                                 ports_.vault,
                                 ports_.ledger,
                                 *shredder_,
                                 {{"case", case_expiry_.get()},
                                  {"letter", letters_.get()},
                                  {"unread_connection", tunnel_expiry_.get()},
                                  {"gap", gap_expiry_.get()},
                                  {"access", access_.get()},
                                  {"rejected_file", rejected_.get()}},
                                 ports_.trail,
                                 ports_.clock,
                                 {ledger_files_.get(), case_files_.get()}},
                                *policy};
    return run.run(kind);
}

Result<retention::Shredded> ForgettingWing::shred(const retention::ShredOrder& order) {
    if (order.reason == records::ShredReason::Operator) {
        if (const auto right = check_words(ports_.vault, order.subject, order.why); !right) {
            return fail(right);
        }
    }
    return shredder_->shred(order);
}

/// Whoever was shredded by a Fedtrail that did not overwrite may still be in free room of the ledger.
void ForgettingWing::rewrite_once() {
    const auto known = ports_.vault.shreddings();
    const auto octets = ledger_files_->to_rewrite();
    if (!known || known->empty() || !octets || *octets == 0) {
        return;
    }
    spdlog::warn("retention: the ledger ({} MiB) is written anew, once; it may take some minutes",
                 *octets >> 20U);
    if (const auto done = ledger_files_->overwrite(); !done) {
        spdlog::warn("retention: {}. {}", done.error().what, done.error().remedy);
    }
}

void ForgettingWing::remove_half_files() const {
    remove_unfinished(ports_.config.data_dir);
    remove_unfinished(imports_folder(ports_.config.data_dir));
}

void ForgettingWing::start() {
    ledger_files_->rewrite_at_most(kRewrittenBeside);
    loop_.start();
}

Result<void> ForgettingWing::finish_later() {
    const auto now = ports_.clock.now();
    if (!shredder_->unfinished()) {
        patience_ = kSoon;
        return {};
    }
    if (!retention::is_due(again_, now, kSeldom)) {
        return {};
    }
    again_ = now + patience_;
    patience_ = std::min<std::chrono::milliseconds>(2 * patience_, kSeldom);
    const auto finished = shredder_->finish();
    if (!finished) {
        return fail(finished);
    }
    if (finished->left) {
        tell_waiting(*finished);
    } else {
        spdlog::info("retention: the shredding of {} is complete now",
                     counted(finished->completed, "person", "people"));
    }
    return {};
}

Result<retention::RunKind> ForgettingWing::kind_of_run() const {
    if (due_ != Instant{} || !ports_.last_run) {
        return retention::RunKind::Audited;
    }
    const auto last = ports_.last_run();
    if (!last) {
        return fail(last);
    }
    return retention::first_run(*last, ports_.clock.now());
}

Result<std::optional<Instant>> ForgettingWing::step() {
    if (const auto finished = finish_later(); !finished) {
        return fail(finished);
    }
    // The loop asks more often than once a day.
    if (!retention::is_due(due_, ports_.clock.now(), kRunEvery)) {
        return std::optional{due_};
    }
    const auto kind = kind_of_run();
    const auto summary = kind ? run(*kind) : Result<retention::RetentionSummary>{fail(kind)};
    if (!summary) {
        if (summary.error().kind == ErrorKind::Corrupt) {
            due_ = ports_.clock.now() + kRunEvery;  // all else was done, and a run reads every request
        }
        return fail(summary);
    }
    for (const auto& removed : summary->removed) {
        spdlog::info("retention: {} of \"{}\" went", removed.count, removed.what);
    }
    if (summary->still_post > 0) {
        spdlog::info("retention: {}",
                     counted(summary->still_post,
                             "person whose account was erased still posts, and stays",
                             "people whose account was erased still post, and stay"));
    }
    due_ = ports_.clock.now() + kRunEvery;
    return std::optional{due_};
}

api::RetentionDoors ForgettingWing::doors() {
    return {[this](const retention::ShredOrder& order) { return shred(order); },
            [this](bool only_count) {
                return run(only_count ? retention::RunKind::Count : retention::RunKind::Audited);
            },
            ports_.vault,
            *access_,
            [this] { return policy(); },
            [this] { return forgotten_.load(); }};
}

}  // namespace fedtrail::app
