#include "app/log_wing.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "fedtrail/core/count.hpp"
#include "fedtrail/core/utf8.hpp"

#include "app/erasure_options.hpp"
#include "app/files.hpp"
#include "app/rules_file.hpp"

namespace fedtrail::app {

namespace {

/// When somebody else held the log.
constexpr std::chrono::seconds kAgain{5};

void tell_of_log(const std::string& worker, const Error* error) {
    if (error == nullptr) {
        spdlog::info("log, {}: works again", worker);
    } else if (error->kind == ErrorKind::Denied) {
        spdlog::critical("NOTHING IS SIGNED: {}. {}", error->what, error->remedy);
    } else if (is_held_by_another(*error)) {
        spdlog::info("log, {}: {}; what waits is late, not lost", worker, error->what);
    } else {
        spdlog::error("log, {}: {}. {}", worker, error->what, error->remedy);
    }
}

/// Gives what is told then.
std::string tell_of_witness(const audit::WitnessStanding& standing) {
    if (standing.trouble.empty()) {
        spdlog::info("the witness {} cosigns the log again", standing.name);
    } else {
        spdlog::warn("the witness {} does not cosign the log: {}", standing.name, standing.trouble);
    }
    return standing.trouble;
}

StepLoop::Limits limits_of(const Config& config) {
    StepLoop::Limits limits;
    limits.at_least = config.log.interval;
    return limits;
}

}  // namespace

Result<PoliciesInForce> PoliciesInForce::read(const std::filesystem::path& policies,
                                              const std::string& rules) {
    namespace fs = std::filesystem;
    PoliciesInForce found;
    found.leaf.program = FEDTRAIL_VERSION;
    std::error_code failed;
    for (fs::recursive_directory_iterator file{policies, failed}, end; !failed && file != end;
         file.increment(failed)) {
        if (!file->is_regular_file()) {
            continue;
        }
        const auto content = read_file(file->path());
        if (!content) {
            return fail(content);
        }
        found.put(file->path().lexically_relative(policies).generic_string(), content->value_or(""));
    }
    if (failed) {
        return fail(ErrorKind::Unavailable, policies.string() + " cannot be read: " + failed.message());
    }
    found.put(kRulesName, rules);
    return found;
}

void PoliciesInForce::put(const std::string& name, const std::string& text) {
    auto& files = leaf.files;
    const auto at = std::lower_bound(
        files.begin(), files.end(), name, [](const records::PolicyFile& file, const auto& what) {
            return file.name < what;
        });
    const auto digest = ledger::sha256(bytes_of(text));
    if (at != files.end() && at->name == name) {
        at->digest = digest;
    } else {
        files.insert(at, {name, digest});
    }
    if (is_utf8(text)) {
        texts.push_back(text);
    }
}

bool PoliciesInForce::has(const std::string& name, const records::LeafDigest& digest) const {
    return std::find(leaf.files.begin(), leaf.files.end(), records::PolicyFile{name, digest}) !=
           leaf.files.end();
}

LogWing::LogWing(const Config& config, const Cipher& cipher, const Clock& clock)
    : config_(config), cipher_(cipher), clock_(clock), loop_("log", clock, limits_of(config), tell_of_log) {}

LogWing::~LogWing() {
    stop();
}

Result<std::unique_ptr<LogWing>> LogWing::open(const Config& config,
                                               const Cipher& cipher,
                                               const Clock& clock) {
    std::unique_ptr<LogWing> wing{new LogWing{config, cipher, clock}};
    auto room = LogRoom::open(config, clock, cipher);
    if (!room) {
        return fail(room);
    }
    wing->room_ = std::move(*room);
    for (const auto& step : {&LogWing::open_own_witness, &LogWing::open_witnesses}) {
        if (const auto done = (wing.get()->*step)(); !done) {
            return fail(done);
        }
    }
    wing->face_ = std::make_unique<api::LogFace>(wing->room_->log(), wing->witness_.get());
    (void)wing->loop_.add("checkpoint", [raw = wing.get()] { return raw->publish_or_wait(); });
    if (wing->round_) {
        wing->wake_round_ = wing->loop_.add("witnesses", [raw = wing.get()] { return raw->ask_witnesses(); });
    }
    return wing;
}

Result<void> LogWing::open_own_witness() {
    if (config_.log.witnessed.empty()) {
        return {};
    }
    std::vector<ledger::VerifierKey> logs;
    for (const auto& text : config_.log.witnessed) {
        auto key = witnessed_log(text);
        if (!key) {
            return fail(key);
        }
        logs.push_back(std::move(*key));
    }
    const auto file = witness_key_file(config_);
    if (const auto made = make_note_key(file, room_->key().name, cipher_); !made) {
        return fail(made);
    }
    auto signer = read_note_key(file, ledger::NoteKeyKind::Witness);
    auto book = sqlite::SqliteWitnessBook::open(witness_file(config_));
    if (!signer || !book) {
        return !signer ? Result<void>{fail(signer)} : Result<void>{fail(book)};
    }
    book_ = std::move(*book);
    spdlog::info("cosigns {} as {}", counted(logs.size(), "log"), signer->verifier().text());
    witness_ = std::make_unique<audit::Witness>(*book_, clock_, std::move(*signer), std::move(logs));
    return {};
}

Result<void> LogWing::open_witnesses() {
    std::vector<audit::AskedWitness> witnesses;
    for (const auto& text : config_.log.witnesses) {
        auto witness = asked_witness(text);
        if (!witness) {
            return fail(witness);
        }
        witnesses.push_back(std::move(*witness));
    }
    if (witnesses.empty()) {
        return {};
    }
    auto network = curl_options(config_);
    network.allow_http = std::any_of(witnesses.begin(), witnesses.end(), [](const auto& witness) {
        return witness.url.scheme() == "http";  // on this machine alone: asked_witness()
    });
    auto http = curl::CurlHttp::open(std::move(network));
    if (!http) {
        return fail(http);
    }
    http_ = std::move(*http);
    round_ = std::make_unique<audit::WitnessRound>(
        audit::WitnessRoundPorts{room_->log(), *http_, clock_}, std::move(witnesses), [this] {
            if (wake_round_) {
                wake_round_();
            }
        });
    return {};
}

Result<void> LogWing::note_policies(const PolicyFolders& folders, const std::string& rules) {
    auto now = PoliciesInForce::read(folders.policies, rules);
    if (!now) {
        return fail(now);
    }
    in_force_ = *std::move(now);
    return note(clock_.now());
}

Result<void> LogWing::note_rules(const std::string& rules, Instant since) {
    if (!in_force_) {
        return {};
    }
    if (!in_force_->has(kRulesName, ledger::sha256(bytes_of(rules)))) {
        in_force_->put(kRulesName, rules);
        in_force_->noted = false;
    }
    return in_force_->noted ? Result<void>{} : note(since);
}

Result<void> note_in_force(sqlite::SqliteLog& log, PoliciesInForce& in_force, Instant at) {
    const auto before = log.last_event(records::LeafKind::PolicyChange);
    if (!before) {
        return fail(before);
    }
    if (*before && (*before)->opening) {
        const auto known = records::decode_body(records::LeafKind::PolicyChange, (*before)->opening->body);
        in_force.noted = known && std::get<records::PolicyChangeLeaf>(*known) == in_force.leaf;
    }
    if (!in_force.noted) {
        if (auto written = log.append({at, in_force.leaf}, in_force.texts); !written) {
            return written;
        }
        in_force.noted = true;
    }
    in_force.texts.clear();
    return {};
}

Result<void> LogWing::note(Instant at) {
    return note_in_force(room_->log(), *in_force_, at);
}

Result<std::optional<Instant>> LogWing::last_retention_run() const {
    for (const auto kind : {records::LeafKind::RetentionRun, records::LeafKind::PolicyChange}) {
        const auto last = room_->log().last_event(kind);
        if (!last) {
            return fail(last);
        }
        if (*last) {
            return std::optional{(*last)->head.at};
        }
    }
    return std::optional<Instant>{};
}

Result<std::optional<Instant>> LogWing::publish() {
    const auto published = room_->publisher().publish();
    refused_ = !published && published.error().kind == ErrorKind::Denied;
    if (!published) {
        return fail(published);
    }
    size_ = published->size;
    if (published->signed_now) {
        ++checkpoints_;
        last_at_ = to_unix_seconds(clock_.now());
        if (wake_round_) {
            wake_round_();
        }
    }
    return std::optional{clock_.now() + config_.log.interval};
}

/// A bundle that is made is no failure, and hides none that comes after it.
Result<std::optional<Instant>> LogWing::publish_or_wait() {
    auto next = publish();
    if (!is_held_by_another(next)) {
        waits_ = false;
        return next;
    }
    if (!waits_) {
        tell_of_log("checkpoint", &next.error());
    }
    waits_ = true;
    return std::optional{clock_.now() + kAgain};
}

Result<std::optional<Instant>> LogWing::ask_witnesses() {
    auto next = round_->step();
    const auto standing = round_->standing();
    told_.resize(standing.size());
    for (std::size_t i = 0; i < standing.size(); ++i) {
        if (told_[i] != standing[i].trouble) {
            told_[i] = tell_of_witness(standing[i]);
        }
    }
    return next;
}

void LogWing::start() {
    started_ = true;
    loop_.start();
}

void LogWing::stop() {
    if (stopped_) {
        return;
    }
    stopped_ = true;
    if (http_) {
        http_->stop();
    }
    loop_.stop();
    if (started_ && !waits_) {  // the leaves wait in their stores
        if (const auto last = publish(); !last) {
            tell_of_log("checkpoint", &last.error());
        }
    }
}

void LogWing::add_figures(std::vector<api::Figure>& out) const {
    out.push_back({"fedtrail_log_leaves", "Leaves under the log's last checkpoint.", size_});
    out.push_back({"fedtrail_log_checkpoints_total", "Checkpoints signed since the start.", checkpoints_});
    out.push_back(
        {"fedtrail_log_refused",
         "1 while nothing is signed because the log is older than its guard, or a store than the log.",
         refused_ ? 1U : 0U});
    out.push_back({"fedtrail_log_last_checkpoint_seconds",
                   "Unix time of the last checkpoint since the start; 0 before.",
                   static_cast<std::uint64_t>(last_at_.load())});
    if (!round_) {
        return;
    }
    const auto standing = round_->standing();
    const auto well = std::count_if(standing.begin(), standing.end(), [](const auto& each) {
        return each.trouble.empty() && each.size > 0;
    });
    out.push_back({"fedtrail_log_witnesses", "Witnesses that are asked.", standing.size()});
    out.push_back({"fedtrail_log_witnesses_well",
                   "Of these, those whose last answer was a cosignature.",
                   static_cast<std::uint64_t>(well)});
}

}  // namespace fedtrail::app
