#include "reports/example_reports.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>

#include "reports/examples.hpp"

namespace fedtrail::reports::test {

namespace {

using fediverse::CategorySet;
using fediverse::DataCategory;
using privacy::Channel;
using privacy::ChannelSet;
using privacy::Evidence;

/// The same pseudo-random numbers on every machine (SplitMix64).
class Numbers {
public:
    explicit Numbers(std::uint64_t seed) : state_(seed) {}
    std::uint64_t below(std::uint64_t bound) {
        state_ += 0x9E3779B97F4A7C15ULL;
        auto z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return (z ^ (z >> 31U)) % bound;
    }

private:
    std::uint64_t state_;
};

constexpr std::array<std::string_view, 12> kFirst{"mastodon",
                                                  "social",
                                                  "fedi",
                                                  "pixel",
                                                  "birds",
                                                  "tech",
                                                  "kunst",
                                                  "lemmy",
                                                  "toot",
                                                  "garden",
                                                  "radio",
                                                  "xn--bcher-kva"};
constexpr std::array<std::string_view, 8> kLast{"example",
                                                "social.example",
                                                "example.org",
                                                "example.net",
                                                "town.example",
                                                "club.example",
                                                "coop.example",
                                                "test"};

CategorySet some_categories(Numbers& numbers) {
    CategorySet categories{DataCategory::Handle, DataCategory::PostText};
    constexpr std::array kMore{DataCategory::Profile,
                               DataCategory::Media,
                               DataCategory::FollowRelation,
                               DataCategory::Reaction,
                               DataCategory::Boost,
                               DataCategory::Deletion};
    for (const auto category : kMore) {
        if (numbers.below(3) == 0) {
            categories.add(category);
        }
    }
    constexpr std::array kRare{DataCategory::PollVote,
                               DataCategory::DirectMessage,
                               DataCategory::Location,
                               DataCategory::Move,
                               DataCategory::Unread};
    for (const auto category : kRare) {
        if (numbers.below(25) == 0) {
            categories.add(category);
        }
    }
    return categories;
}

ChannelSet some_channels(Numbers& numbers) {
    ChannelSet channels;
    channels.add(Channel::Push);
    if (numbers.below(9) == 0) {
        channels.add(Channel::SignedPull);
    }
    if (numbers.below(40) == 0) {
        channels.add(Channel::Relay);
    }
    return channels;
}

Evidence some_evidence(Numbers& numbers) {
    const auto roll = numbers.below(100);
    if (roll < 86) {
        return Evidence::Accepted;
    }
    if (roll < 94) {
        return Evidence::Sent;
    }
    return roll < 97 ? Evidence::Intended : Evidence::Inferred;
}

PairAggregate made_up(Numbers& numbers, std::size_t index) {
    const auto start = to_unix_seconds(at("2025-03-01T08:00:00Z"));
    const auto end = to_unix_seconds(at("2026-11-22T09:00:00Z"));
    const auto span = static_cast<std::uint64_t>(end - start);
    // Squared: most servers came early.
    const auto share = static_cast<double>(numbers.below(1000)) / 1000.0;
    const auto first = start + static_cast<std::int64_t>(share * share * static_cast<double>(span - 90000));
    const auto last =
        first + static_cast<std::int64_t>(numbers.below(static_cast<std::uint64_t>(end - first)));
    PairAggregate pair;
    pair.recipient = host(std::string{kFirst.at(numbers.below(kFirst.size()))} + std::to_string(index) + "." +
                          std::string{kLast.at(numbers.below(kLast.size()))});
    pair.first = from_unix_seconds(first);
    pair.last = from_unix_seconds(last);
    pair.objects = 1 + numbers.below(1 + numbers.below(1 + numbers.below(4000)));
    pair.disclosures = pair.objects + numbers.below(1 + pair.objects / 8);
    pair.channels = some_channels(numbers);
    pair.categories = some_categories(numbers);
    pair.strongest = some_evidence(numbers);
    return pair;
}

}  // namespace

Result<std::vector<PairAggregate>> FixedLedger::recipients_of(privacy::SubjectNumber subject,
                                                              const Window& window) const {
    asked_ = window;
    return subject == kAlice ? content_.pairs : std::vector<PairAggregate>{};
}

Result<std::vector<privacy::SubjectNumber>> FixedLedger::subjects_at(const Host&) const {
    return not_asked();
}

Result<std::vector<Holder>> FixedLedger::holders_of(privacy::SubjectNumber, const Uri&) const {
    return not_asked();
}

Result<std::vector<RecipientTotals>> FixedLedger::recipients(std::string_view, std::size_t) const {
    return not_asked();
}

Result<LedgerTotals> FixedLedger::totals() const {
    return content_.whole;
}

OnePersonVault::OnePersonVault(std::string actor, std::string handle)
    : person_{kAlice,
              host("origin.example"),
              Personal<std::string>{std::move(actor)},
              Personal<std::string>{std::move(handle)}} {}

Result<privacy::SubjectNumber> OnePersonVault::enrol(const Uri&, std::string_view) {
    return not_asked();
}

Result<privacy::SubjectNumber> OnePersonVault::find(std::string_view) const {
    return not_asked();
}

Result<SubjectIdentity> OnePersonVault::identity(privacy::SubjectNumber number) const {
    if (number != kAlice) {
        return fail(ErrorKind::NotFound, "no such subject");
    }
    return person_;
}

Result<std::vector<privacy::SubjectNumber>> OnePersonVault::list(privacy::SubjectNumber, std::size_t) const {
    return not_asked();
}

Instant at(std::string_view rfc3339) {
    return must(parse_rfc3339(rfc3339));
}

Host host(std::string_view text) {
    return must(Host::parse(text));
}

const ReportTexts& texts_in(std::string_view language) {
    static std::map<std::string, ReportTexts, std::less<>> all;
    auto found = all.find(language);
    if (found == all.end()) {
        found =
            all.emplace(language, must(ReportTexts::load(FEDTRAIL_SOURCE_DIR "/policies", language))).first;
    }
    return found->second;
}

const ReportTexts& english() {
    return texts_in("en");
}

ControllerBlock example_controller() {
    return {"Example Association for Free Networks",
            "privacy@origin.example",
            "Dr. D. Officer, dpo@origin.example",
            "Autoriteit Persoonsgegevens, autoriteitpersoonsgegevens.nl"};
}

LedgerContent made_up_ledger(std::size_t count) {
    LedgerContent ledger;
    Numbers numbers{20261122};
    for (std::size_t i = 0; i < count; ++i) {
        ledger.pairs.push_back(made_up(numbers, i));
    }
    ledger.whole.first = at("2025-03-01T08:00:00Z");
    ledger.whole.last = at("2026-11-22T09:00:00Z");
    ledger.whole.unread_tunnels = count * 3;
    ledger.whole.unread_tunnel_hosts = count / 10;
    ledger.whole.gap_deliveries = count > 1000 ? 12 : 0;
    return ledger;
}

TransferReport report_of(const LedgerContent& content, const Window& period, const ReportTexts& texts) {
    const OnePersonVault vault{"https://origin.example/users/alice", "alice@origin.example"};
    const FixedLedger ledger{content};
    return must(build_transfer_report({ledger, vault},
                                      kAlice,
                                      period,
                                      ReportFrame{example_controller(), at("2026-11-22T10:15:00Z"), texts}));
}

LedgerContent small_ledger() {
    LedgerContent ledger;
    PairAggregate b;
    b.recipient = host("b.example:8443");
    b.first = at("2026-11-20T10:00:00Z");
    b.last = at("2026-11-21T23:59:59Z");
    b.objects = 3;
    b.disclosures = 4;
    b.channels.add(Channel::Push);
    b.channels.add(Channel::Relay);
    b.categories = CategorySet{DataCategory::PostText, DataCategory::Handle};
    b.strongest = Evidence::Accepted;
    PairAggregate a;
    a.recipient = host("a.example");
    a.first = at("2026-11-19T08:30:00Z");
    a.last = a.first;
    a.objects = 1;
    a.disclosures = 1;
    a.channels.add(Channel::Push);
    a.categories = CategorySet{DataCategory::Unread};
    a.strongest = Evidence::Intended;
    ledger.pairs = {b, a};
    ledger.whole.first = at("2026-11-18T00:00:00Z");
    ledger.whole.unread_tunnels = 1;
    ledger.whole.unread_tunnel_hosts = 1;
    return ledger;
}

Result<std::vector<records::RecipientCard>> FixedRegister::cards(std::span<const Host> hosts,
                                                                 privacy::Day transfer) const {
    asked = std::max(asked.value_or(transfer), transfer);
    std::vector<records::RecipientCard> cards;
    for (const auto& one : hosts) {
        const auto found = known.find(one);
        cards.push_back(found == known.end() ? records::RecipientCard{one} : found->second);
        const auto before = earlier.find(one);
        if (before == earlier.end()) {
            continue;
        }
        cards.back().basis_turns = {before->second.first};
        if (transfer < before->second.first) {
            cards.back().basis = before->second.second;
        }
    }
    return cards;
}

namespace {

/// A card and how its country and basis go together.
struct Kind {
    const char* country;  ///< "" is unknown.
    records::CountrySource source;
    records::Confidence confidence;
    privacy::BasisKind basis;
    privacy::BasisReason reason;
    const char* decision;
};

constexpr std::array kKinds{
    Kind{"DE",
         records::CountrySource::Imprint,
         records::Confidence::High,
         privacy::BasisKind::NoneNeeded,
         privacy::BasisReason::InEea,
         ""},
    Kind{"NL",
         records::CountrySource::Admin,
         records::Confidence::High,
         privacy::BasisKind::NoneNeeded,
         privacy::BasisReason::InEea,
         ""},
    Kind{"FR",
         records::CountrySource::HostingAddress,
         records::Confidence::Low,
         privacy::BasisKind::Undocumented,
         privacy::BasisReason::CountryNotKnown,
         ""},
    Kind{"CH",
         records::CountrySource::Declared,
         records::Confidence::High,
         privacy::BasisKind::Adequacy,
         privacy::BasisReason::DecisionHolds,
         "2000/518/EC"},
    Kind{"JP",
         records::CountrySource::WhoisFile,
         records::Confidence::Medium,
         privacy::BasisKind::AdequacyUnverified,
         privacy::BasisReason::ScopeNotKnown,
         "(EU) 2019/419"},
    Kind{"US",
         records::CountrySource::DpfList,
         records::Confidence::High,
         privacy::BasisKind::Adequacy,
         privacy::BasisReason::DecisionHolds,
         "(EU) 2023/1795"},
    Kind{"US",
         records::CountrySource::HostingAddress,
         records::Confidence::Low,
         privacy::BasisKind::Undocumented,
         privacy::BasisReason::CountryNotKnown,
         ""},
    Kind{"SG",
         records::CountrySource::Imprint,
         records::Confidence::Medium,
         privacy::BasisKind::StandardClauses,
         privacy::BasisReason::ClausesOnFile,
         ""},
    Kind{"RE",
         records::CountrySource::Imprint,
         records::Confidence::Medium,
         privacy::BasisKind::NoneNeeded,
         privacy::BasisReason::InEea,
         ""},
    Kind{"BR",
         records::CountrySource::Declared,
         records::Confidence::High,
         privacy::BasisKind::Declared,
         privacy::BasisReason::DeclaredByController,
         ""},
    Kind{"",
         records::CountrySource::Unknown,
         records::Confidence::None,
         privacy::BasisKind::Undocumented,
         privacy::BasisReason::CountryNotKnown,
         ""},
};

constexpr std::array<const char*, 6> kSoftware{"mastodon", "misskey", "lemmy", "pleroma", "gotosocial", ""};

records::RecipientCard card_of(const Host& one, const Kind& kind) {
    records::RecipientCard card{one};
    if (*kind.country != '\0') {
        card.country.country = must(privacy::Country::parse(kind.country));
    }
    card.country.source = kind.source;
    card.country.confidence = kind.confidence;
    card.basis.kind = kind.basis;
    card.basis.reason = kind.reason;
    card.basis.decision = kind.decision;
    card.basis.article = kind.basis == privacy::BasisKind::Declared ? "49(1)(c)" : "";
    return card;
}

records::ErasureRequest erasure(records::ScopeKind kind) {
    records::ErasureRequest request;
    request.subject = kAlice;
    request.scope.kind = kind;
    request.state = privacy::RequestState::InProgress;
    request.received_at = at("2026-11-10T12:00:00Z");
    return request;
}

records::Notice notice_to(const Host& recipient,
                          records::RequestNumber request,
                          fediverse::NoticeState state) {
    records::Notice notice;
    notice.request = request;
    notice.subject = kAlice;
    notice.recipient = recipient;
    notice.state = state;
    const bool answered = state != fediverse::NoticeState::Planned && state != fediverse::NoticeState::Sent &&
                          state != fediverse::NoticeState::Unreachable &&
                          state != fediverse::NoticeState::Refused;
    if (answered) {
        notice.acknowledged_at = at("2026-11-12T08:00:00Z");
    }
    return notice;
}

}  // namespace

void ask_for(Surroundings& around,
             records::ScopeKind what,
             const std::vector<std::pair<Host, fediverse::NoticeState>>& recipients) {
    const auto opened = must(around.requests.open(erasure(what), {}));
    std::vector<records::Notice> notices;
    for (const auto& [recipient, state] : recipients) {
        notices.push_back(notice_to(recipient, opened.number, state));
    }
    const std::array<records::ErasedObject, 0> none{};
    if (!around.notices.plan(opened.number, none, notices)) {
        std::abort();
    }
}

void make_up_surroundings(Surroundings& around, std::size_t count) {
    around.ledger = made_up_ledger(count);
    Numbers numbers{20261128};
    std::vector<std::pair<Host, fediverse::NoticeState>> told;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& one = around.ledger.pairs[i].recipient;
        // Every kind once, then the first ones more often than the last.
        const auto kind = i < kKinds.size() ? i : numbers.below(1 + numbers.below(kKinds.size()));
        auto card = card_of(one, kKinds.at(kind));
        card.software = kSoftware.at(numbers.below(kSoftware.size()));
        card.marks.relay = numbers.below(40) == 0;
        card.marks.single_person = numbers.below(6) == 0;
        if (card.country.source != records::CountrySource::Unknown && numbers.below(2) == 0) {
            card.operator_name = Personal<std::string>{"Association " + std::to_string(i)};
            card.operator_source = "declared";
        }
        around.known.known.emplace(one, std::move(card));
        if (i % 3 == 0) {
            told.emplace_back(one, fediverse::NoticeState{static_cast<std::uint8_t>((i / 3) % 11)});
        }
    }
    ask_for(around, records::ScopeKind::Account, told);
    const std::array<const char*, 3> kinds{"statuses", "likes", "statuses"};
    for (std::size_t i = 0; i < 60; ++i) {
        std::vector<std::string> hosts;
        for (const auto& pair : around.ledger.pairs) {
            if (numbers.below(4) != 0) {
                hosts.push_back(pair.recipient.text());
            }
        }
        around.held.add(
            "https://origin.example/users/alice/" + std::string{kinds.at(i % 3)} + "/" +
                std::to_string(116'000'000'000'000'000 + i * 7'919'191'919),
            "",
            CategorySet{i % 3 == 1 ? DataCategory::Reaction : DataCategory::PostText},
            hosts,
            format_rfc3339(from_unix_seconds(1'790'000'000 + static_cast<std::int64_t>(i) * 40'000)));
        around.held.rows.back().held.visibility =
            i % 3 == 1 ? fediverse::Visibility::Unknown : fediverse::Visibility::Public;
    }
}

void small_surroundings(Surroundings& around) {
    around.ledger = small_ledger();
    const auto& b = around.ledger.pairs[0].recipient;
    const auto& a = around.ledger.pairs[1].recipient;
    auto known = card_of(b, kKinds[5]);
    known.operator_name = Personal<std::string>{"Example, Inc."};
    known.operator_source = "admin";
    known.contact_name = Personal<std::string>{"Jane Doe"};
    known.software = "mastodon";
    known.aliases.push_back({host("www.b.example"), "www"});
    around.known.known.emplace(b, std::move(known));
    auto own = card_of(a, kKinds[2]);
    own.operator_name = Personal<std::string>{"Bob Private"};
    own.operator_source = "declared";
    own.contact = Personal<std::string>{"bob@private.example"};
    own.marks.single_person = true;
    around.known.known.emplace(a, std::move(own));
    ask_for(around, records::ScopeKind::Account, {{b, fediverse::NoticeState::VerifiedGone}});
    around.held.add("https://origin.example/users/alice/statuses/1/activity",
                    "https://origin.example/users/alice/statuses/1",
                    CategorySet{DataCategory::PostText},
                    {"a.example", "b.example:8443"},
                    "2026-11-19T08:30:00Z");
    around.held.rows.back().held.visibility = fediverse::Visibility::Public;
    around.accesses.all = {{kAlice, at("2026-11-20T09:00:00Z"), "name", "cli", "complaint of 3 May", true},
                           {kAlice, at("2026-11-21T09:00:00Z"), "report", "self", "", true},
                           {kAlice, at("2026-11-22T10:15:00Z"), "report", "api:3f2a91c4", "request 7", true}};
    around.held.add("https://origin.example/?author=1#follow-bob@private.example",
                    "",
                    CategorySet{DataCategory::FollowRelation},
                    {"b.example:8443"},
                    "2026-11-20T10:00:00Z");
}

TransferReport full_report_of(const Surroundings& around, const ReportTexts& texts, const Window& period) {
    const OnePersonVault vault{"https://origin.example/users/alice", "alice@origin.example"};
    const FixedLedger ledger{around.ledger};
    ReportFrame frame{example_controller(), at("2026-11-22T10:15:00Z"), texts};
    using std::chrono::year;
    frame.cover = ReportCover{records::RequestNumber{7},
                              year{2026} / 11 / 10,
                              year{2026} / 12 / 10,
                              year{2026} / 11 / 22,
                              privacy::RequestState::InProgress};
    frame.objections = {{host("a.example"), at("2026-11-12T09:00:00Z"), "They mock me there."},
                        {host("c.example"), at("2026-11-15T09:00:00Z"), ""}};
    return must(build_transfer_report(
        {ledger, vault, &around.known, &around.notices, &around.requests, &around.accesses},
        kAlice,
        period,
        frame));
}

ItemsExtract items_of(const Surroundings& around, const TransferReport& report) {
    return must(latest_items(report, {around.held, kAlice}, 40));
}

TransferReport hostile_report() {
    auto content = made_up_ledger(3);
    const std::string label(63, 'w');
    content.pairs[0].recipient = host(label + "." + label + "." + label + "." + std::string(61, 'w'));
    auto report = report_of(content);
    auto& card = report.recipients[0].card;
    card.operator_name = Personal<std::string>{"</th></tr></table><script>alert('operator')</script>"};
    card.software = "<script>alert('software')</script>";
    card.basis.decision = "<script>alert('decision')</script>";
    report.accesses = {{at("2026-11-22T10:15:00Z"),
                        "<script>alert('what')</script>",
                        AccessRole::Operator,
                        "</td></tr></table><script>alert('why')</script>"}};
    report.objections = {{host("a.example"),
                          at("2026-11-12T09:00:00Z"),
                          "</td></tr></table><script>alert('objection')</script>"}};
    report.subject =
        Personal<std::string>{"\"><script>alert('handle')</script><img src=x onerror=alert(1)>{{style}}" +
                              std::string(200, 'x') + "@origin.example"};
    report.controller.name = "</title></style><script>alert('controller')</script>";
    report.controller.contact = "javascript:alert(1)";
    return report;
}

}  // namespace fedtrail::reports::test
