#include "reports/example_reports.hpp"

#include <array>
#include <map>

#include "reports/examples.hpp"
#include "reports/numbers.hpp"

namespace fedtrail::reports::test {

namespace {

using fediverse::CategorySet;
using fediverse::DataCategory;
using privacy::Channel;
using privacy::ChannelSet;
using privacy::Evidence;

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
