#include "bench/erasure/bench_office.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "bench/erasure/raw_costs.hpp"

namespace fedtrail::bench {

namespace {

constexpr const char* kActor = "https://origin.example/users/alice";

template <typename T>
T must(Result<T> result) {
    if (!result) {
        std::cerr << result.error().what << '\n';
        std::exit(1);  // NOLINT(concurrency-mt-unsafe): the bench ends here
    }
    return *std::move(result);
}

void must(const Result<void>& result) {
    if (!result) {
        std::cerr << result.error().what << '\n';
        std::exit(1);  // NOLINT(concurrency-mt-unsafe): the bench ends here
    }
}

std::string file(const std::string& name) {
    const std::ifstream in{name};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

curl::CurlOptions network(const std::vector<Recipient>& recipients, const std::string& ca) {
    curl::CurlOptions options;
    options.user_agent = "Fedtrail/bench (+https://origin.example/contact)";
    options.allow_addresses = {"127.0.0.0/8"};
    options.extra_ca = ca;
    for (const auto& recipient : recipients) {
        options.resolve[recipient.host + ":443"] = recipient.address;
    }
    return options;
}

}  // namespace

Office::Office(const std::filesystem::path& folder,
               const std::vector<Recipient>& recipients,
               int posts,
               const std::string& ca)
    : key_(make_rsa_key()),
      dialects_(must(fediverse::Dialects::parse(file(FEDTRAIL_SOURCE_DIR "/policies/dialects.json")))),
      cipher_(must(openssl::OpensslCipher::make())) {
    const Bytes master(32, std::byte{0x42});
    vault_ = must(sqlite::SqliteVault::open(folder / "vault.db", master, *cipher_, {}));
    subject_ = must(vault_->enrol(*Uri::parse(kActor), "alice"));
    must(vault_->keep(subject_, {std::string{kActor} + "#main-key", Personal<std::string>{key_}}));
    fill_ledger(folder, recipients, posts);
    ledger_ = must(sqlite::SqliteLedgerReader::open(folder / "ledger.db", *vault_));
    cases_ = must(sqlite::SqliteCases::open_file(folder / "cases.db", *vault_, sqlite::OpenMode::ReadWrite));
    directory_ =
        must(sqlite::SqliteDirectory::open_file(folder / "directory.db", sqlite::OpenMode::ReadWrite));
    fill_directory(recipients);
    signer_ = std::make_unique<openssl::ActorSigner>(
        *vault_, std::vector<const KeySource*>{}, *vault_, clock_, openssl::ActorSignerOptions{});
    request_signer_ = std::make_unique<erasure::RequestSigner>(*signer_, *cipher_, clock_);
    planner_ = std::make_unique<erasure::Planner>(
        erasure::PlannerPorts{*ledger_, *ledger_, *vault_, *directory_, *cases_, *cases_, clock_}, dialects_);
    http_ = must(curl::CurlHttp::open(network(recipients, ca)));
    courier_ = std::make_unique<erasure::Courier>(
        erasure::CourierPorts{*cases_, *cases_, *directory_, *vault_, *http_, *request_signer_, clock_},
        dialects_,
        erasure::CourierOptions{},
        [this] {
            {
                const std::lock_guard lock{mutex_};
                awake_ = true;
            }
            rung_.notify_one();
        });
}

Office::~Office() {
    http_->stop();
}

void Office::fill_ledger(const std::filesystem::path& folder,
                         const std::vector<Recipient>& recipients,
                         int posts) {
    auto writer = must(sqlite::SqliteLedgerWriter::open(folder / "ledger.db", *vault_, {}));
    std::vector<privacy::RecipientNumber> numbers;
    for (const auto& recipient : recipients) {
        numbers.push_back(must(writer->recipient(*Host::parse(recipient.host))));
    }
    const auto begin = clock_.now() - std::chrono::hours{24 * 365};
    for (int post = 0; post < posts; ++post) {
        const auto object =
            std::string{kActor} + "/statuses/" + std::to_string(116'000'000'000'000'000 + post);
        const auto id = object + "/activity";
        ActivityFact fact;
        fact.subject = subject_;
        fact.at = begin + std::chrono::hours{post};
        fact.type = "Create";
        fact.id = id;
        fact.object = object;
        fact.categories = {fediverse::DataCategory::Handle, fediverse::DataCategory::PostText};
        fact.visibility = fediverse::Visibility::Public;
        const auto activity = must(writer->activity(fact));
        for (const auto number : numbers) {
            must(writer->add({subject_,
                              to_unix_seconds(fact.at) + 5,
                              number,
                              activity,
                              {privacy::OutcomeKind::Accepted, 202},
                              privacy::Channel::Push,
                              false}));
        }
        must(writer->commit());
    }
    for (auto folded = must(writer->fold(clock_.now())); folded.more;
         folded = must(writer->fold(clock_.now()))) {
    }
}

void Office::fill_directory(const std::vector<Recipient>& recipients) {
    std::vector<RecipientChange> changes;
    for (const auto& recipient : recipients) {
        changes.push_back(
            {*Host::parse(recipient.host), [&recipient, now = clock_.now()](RecipientEntry& entry) {
                 entry.software = recipient.software;
                 entry.asked_at = now;
                 entry.known_at = now;
                 entry.shared_inbox = "https://" + recipient.host + "/inbox";
             }});
    }
    must(directory_->update_all(changes));
}

records::ErasureRequest Office::open(const std::vector<std::string>& hosts) {
    records::ErasureRequest request;
    request.subject = subject_;
    request.state = privacy::RequestState::InProgress;
    request.received_at = clock_.now();
    request.identity_verified = true;
    request.origin_gone_at = request.received_at;  // else a second wave would wait for that
    for (const auto& host : hosts) {
        request.scope.recipients.push_back(*Host::parse(host));
    }
    records::RequestEvent event;
    event.at = request.received_at;
    event.kind = privacy::RequestEventKind::Received;
    event.state = request.state;
    event.by = "bench";
    return must(cases_->open(request, event));
}

erasure::PlanTotals Office::plan(const records::ErasureRequest& request) {
    return must(planner_->plan(request));
}

void Office::send(const std::function<bool()>& done, double most_seconds) {
    const auto until =
        clock_.now() + std::chrono::milliseconds{static_cast<std::int64_t>(most_seconds * 1'000)};
    while (!done() && clock_.now() < until) {
        const auto next = must(courier_->step()).value_or(until);
        const auto wait = std::min(std::min(next, until) - clock_.now(), std::chrono::milliseconds{500});
        if (done()) {
            break;
        }
        std::unique_lock lock{mutex_};
        if (wait.count() > 0) {
            rung_.wait_for(lock, wait, [this] { return awake_; });
        }
        awake_ = false;
    }
}

NoticeTally Office::tally(records::RequestNumber number) const {
    return must(cases_->tally(number));
}

}  // namespace fedtrail::bench
