#include "reports/example_papers.hpp"

#include <algorithm>

#include "reports/example_reports.hpp"
#include "reports/examples.hpp"
#include "reports/recipient_terms.hpp"
#include "reports/risk_points_file.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports::test {

namespace {

using fediverse::CategorySet;
using fediverse::DataCategory;
using privacy::BasisKind;

ActivityFacts activity(std::string name, std::vector<std::string> bases, std::string retention) {
    ActivityFacts facts;
    facts.activity = std::move(name);
    facts.legal_basis = std::move(bases);
    facts.retention[""] = std::move(retention);
    return facts;
}

/// Three texts, one of them in forty wordings; every topic in a sentence longer than the paper shows.
records::PolicyHistory long_history(const Host& of) {
    records::PolicyHistory history;
    for (const auto kind :
         {records::PolicyKind::Privacy, records::PolicyKind::Terms, records::PolicyKind::Imprint}) {
        const std::uint32_t count = kind == records::PolicyKind::Privacy ? 40U : 1U;
        for (std::uint32_t number = 1; number <= count; ++number) {
            records::PolicyVersion version;
            version.host = of;
            version.kind = kind;
            version.number = number;
            version.url = "https://" + of.text() + "/" + std::string{records::name_of(kind)};
            version.first_seen = at("2026-05-01T00:00:00Z") + std::chrono::days{number};
            version.last_seen = version.first_seen;
            history.versions.push_back(version);
        }
    }
    std::string sentence;
    for (int i = 0; i < 12; ++i) {
        sentence += "We may share some of what you write with partners. ";
    }
    for (std::size_t i = 39; i > 0; --i) {
        records::PolicyChange change;
        change.from = history.versions[i - 1];
        change.to = history.versions[i];
        change.pieces.push_back({records::DifferencePiece::Side::New, Personal<std::string>{sentence}});
        history.changes.push_back(change);
    }
    for (const auto topic : records::kPolicyTopics) {
        records::PolicyStatement statement;
        statement.topic = topic;
        statement.sentence = Personal<std::string>{sentence};
        history.summary.statements.push_back(statement);
    }
    return history;
}

/// Says more of itself than a paper has room for.
records::RecipientCard talkative_card() {
    auto card = card_of("big.example", "US", BasisKind::Undocumented, "mastodon");
    const std::string long_name(63, 'w');
    for (int i = 1; i <= 12; ++i) {
        card.aliases.push_back(
            {host("web" + std::to_string(i) + "." + long_name + "." + long_name + ".big.example"),
             "webfinger"});
    }
    std::string words;
    for (int i = 0; i < 20; ++i) {
        words += "Big & Sons Incorporated ";
    }
    card.version = words;
    card.users = 12'000'000;
    card.registrations_open = true;
    card.operator_name = Personal<std::string>{words};
    card.operator_source = "declared";
    card.contact = Personal<std::string>{std::string(200, 'c') + "@big.example"};
    card.privacy_policy = "https://big.example/legal/" + std::string(400, 'p');
    card.terms = "https://big.example/legal/" + std::string(400, 't');
    card.known_at = at("2026-11-19T00:00:00Z");
    card.marks.relay = card.marks.bridge = card.marks.community = card.marks.content_delivery = true;
    card.country.why = words;
    card.country.network = words;
    card.country.found_at = at("2024-03-09T00:00:00Z");
    card.country.dated = true;
    card.country.against =
        records::OtherCountry{records::CountrySource::Imprint, must(privacy::Country::parse("DE"))};
    card.basis.reason = privacy::BasisReason::NoDecision;
    card.basis.decision = "2010/625/EU";
    card.told = 20'000;
    card.gone = 3'000;
    card.present = 17'000;
    return card;
}

}  // namespace

RecipientLedger::RecipientLedger(std::vector<RecipientTotals> recipients)
    : recipients_(std::move(recipients)) {
    std::sort(recipients_.begin(), recipients_.end(), [](const auto& a, const auto& b) {
        return a.recipient.text() < b.recipient.text();
    });
}

Result<std::vector<PairAggregate>> RecipientLedger::recipients_of(privacy::SubjectNumber,
                                                                  const Window&) const {
    return not_asked();
}

Result<std::vector<privacy::SubjectNumber>> RecipientLedger::subjects_at(const Host&) const {
    return not_asked();
}

Result<std::vector<Holder>> RecipientLedger::holders_of(privacy::SubjectNumber, const Uri&) const {
    return not_asked();
}

Result<std::vector<RecipientTotals>> RecipientLedger::recipients(std::string_view after,
                                                                 std::size_t limit) const {
    auto from = std::find_if(recipients_.begin(), recipients_.end(), [&](const auto& each) {
        return each.recipient.text() > after;
    });
    const auto left = static_cast<std::size_t>(recipients_.end() - from);
    return std::vector<RecipientTotals>{from, from + static_cast<std::ptrdiff_t>(std::min(limit, left))};
}

Result<LedgerTotals> RecipientLedger::totals() const {
    return not_asked();
}

/// As the real register does: the card of an alias has its own host, and knows the main one.
CardRegister::CardRegister(std::vector<records::RecipientCard> cards) {
    for (auto& card : cards) {
        cards_.emplace(card.host.text(), card);
        for (const auto& alias : card.aliases) {
            auto other = card;
            other.host = alias.host;
            other.aliases = {{card.host, "main"}};
            cards_.emplace(alias.host.text(), std::move(other));
        }
    }
}

Result<std::vector<records::RecipientCard>> CardRegister::cards(std::span<const Host> hosts,
                                                                privacy::Day) const {
    std::vector<records::RecipientCard> found;
    for (const auto& host : hosts) {
        const auto card = cards_.find(host.text());
        if (card == cards_.end()) {
            records::RecipientCard unknown;
            unknown.host = host;
            found.push_back(unknown);
        } else {
            found.push_back(card->second);
        }
    }
    return found;
}

const PaperTexts& papers_in(std::string_view language) {
    static std::map<std::string, PaperTexts, std::less<>> all;
    auto found = all.find(language);
    if (found == all.end()) {
        found =
            all.emplace(language, must(PaperTexts::load(FEDTRAIL_SOURCE_DIR "/policies", texts_in(language))))
                .first;
    }
    return found->second;
}

const PaperPolicies& example_policies() {
    static const auto policies = [] {
        PaperPolicies made;
        made.own = {{"person", 0, 90, false},
                    {"case", 36, 0, true},
                    {"letter", 0, 180, false},
                    {"access", 36, 0, false}};
        made.adequacy.eea = {must(privacy::Country::parse("DE")), must(privacy::Country::parse("NL"))};
        return made;
    }();
    return policies;
}

OperatorFacts example_facts() {
    OperatorFacts facts;
    facts.controller = example_controller();
    facts.address = "Example Street 1, 1012 AB Amsterdam";
    facts.country = "NL";
    facts.hosts = {"origin.example"};
    facts.usual_language = "en";
    facts.required = "contract";
    facts.automated[""] = "none";
    facts.largest = 3;
    facts.measures = {"tls", "backups"};
    facts.own_measures = {{"en", "The server room is locked."},
                          {"de", "Der Serverraum ist abgeschlossen."},
                          {"fr", "La salle des serveurs est fermée à clé."},
                          {"es", "La sala de servidores está cerrada con llave."},
                          {"it", "La sala server è chiusa a chiave."},
                          {"nl", "De serverruimte is afgesloten."},
                          {"pl", "Serwerownia jest zamknięta na klucz."}};
    facts.created = "2026-11-01";
    facts.updated = "2026-11-20";
    facts.activities = {activity("accounts", {"6(1)(b)"}, "account+30d"),
                        activity("publishing", {"6(1)(b)"}, "item"),
                        activity("federation", {"6(1)(b)", "6(1)(f)"}, "item+90d"),
                        activity("remote_copies", {"6(1)(f)"}, "6m"),
                        activity("moderation", {"6(1)(f)", "6(1)(c)"}, "1y"),
                        activity("logs", {"6(1)(f)"}, "7d"),
                        activity("backups", {"6(1)(f)"}, "30d"),
                        activity("ledger", {"6(1)(c)", "6(1)(f)"}, "account+90d")};
    for (auto& each : facts.activities) {
        const auto on = [&](std::string_view basis) {
            return std::find(each.legal_basis.begin(), each.legal_basis.end(), basis) !=
                   each.legal_basis.end();
        };
        for (const std::string language : {"de", "en", "es", "fr", "it", "nl", "pl"}) {
            if (on("6(1)(f)")) {
                each.legitimate_interest[language] = "<" + language + ": 100% *safe* interest>";
            }
            if (on("6(1)(c)")) {
                each.law[language] = "GDPR, DSA (" + language + ")";
            }
        }
    }
    facts.activities[1].special_basis = "9(2)(e)";
    facts.processors = {{"Example Hosting GmbH, Berlin", "hosting", "DE", ""},
                        {"Example Mail Inc.", "mail", "US", "A46-2-c"}};
    return facts;
}

RecipientTotals totals_of(std::string_view name, std::uint64_t disclosures) {
    RecipientTotals totals;
    totals.recipient = host(name);
    totals.first = at("2026-03-01T08:00:00Z");
    totals.last = at("2026-11-20T08:00:00Z");
    totals.subjects = 2;
    totals.disclosures = disclosures;
    totals.channels.add(privacy::Channel::Push);
    totals.categories = CategorySet{DataCategory::PostText, DataCategory::Handle};
    totals.strongest = privacy::Evidence::Accepted;
    return totals;
}

records::RecipientCard card_of(std::string_view name,
                               std::string_view country,
                               BasisKind basis,
                               std::string software) {
    records::RecipientCard card;
    card.host = host(name);
    if (!country.empty()) {
        card.country.country = must(privacy::Country::parse(country));
        card.country.source = records::CountrySource::Imprint;
        card.country.confidence = records::Confidence::Medium;
    }
    card.basis.kind = basis;
    card.software = std::move(software);
    return card;
}

std::vector<RecipientTotals> example_totals() {
    auto first = totals_of("a.example", 40'000);
    first.first = at("2025-12-01T08:00:00Z");
    auto unread = totals_of("tunnel.example", 0);
    unread.tunnels = 12;
    return {first,
            totals_of("big.example", 2'000'000),
            totals_of("www.big.example", 10),
            totals_of("one.example", 900'000),
            totals_of("relay.example", 700),
            totals_of("stranger.example", 3),
            unread};
}

CardRegister example_register() {
    auto big = card_of("big.example", "US", BasisKind::Undocumented, "mastodon");
    big.aliases.push_back({host("www.big.example"), "www"});
    auto one = card_of("one.example", "NL", BasisKind::NoneNeeded, "gotosocial");
    one.marks.single_person = true;
    auto relay = card_of("relay.example", "NL", BasisKind::NoneNeeded, "activityrelay");
    relay.marks.relay = true;
    auto a = card_of("a.example", "DE", BasisKind::NoneNeeded, "mastodon");
    for (auto* many : {&a, &big}) {
        many->users = 1'000;
    }
    return CardRegister{{a, big, one, relay}};
}

Assessment long_assessment(const PaperTexts& texts) {
    Assessment all;
    all.language = texts.language();
    all.generated_at = at("2026-11-22T10:15:00Z");
    all.card = talkative_card();
    all.totals = totals_of("big.example", 2'000'000);
    all.totals->tunnels = 12'000;
    for (const auto& [category, name] : fediverse::kDataCategories) {
        all.totals->categories.add(category);
    }
    for (const auto channel : kChannels) {
        all.totals->channels.add(channel);
    }
    for (const auto state : kNoticeStates) {
        all.notices[state] = 1'000;
    }
    all.policy = long_history(all.card.host);
    for (const auto visibility : {fediverse::Visibility::Public,
                                  fediverse::Visibility::Unlisted,
                                  fediverse::Visibility::Followers,
                                  fediverse::Visibility::Direct}) {
        all.rules.push_back({visibility, privacy::RuleEffect::Block, "nothing-to-very-large-servers"});
    }
    all.rules_file = "/var/lib/fedtrail/transfer-rules.json";
    all.risks = shipped_points();
    return all;
}

PrivacyNotice notice_of(const OperatorFacts& facts, const PaperTexts& texts) {
    const RecipientLedger ledger{example_totals()};
    const auto recipients = example_register();
    return must(build_privacy_notice(
        {facts, example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, texts));
}

}  // namespace fedtrail::reports::test
