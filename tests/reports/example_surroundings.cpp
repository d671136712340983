/// Who the recipients of the examples are, what they were told, and what they hold.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "reports/example_reports.hpp"
#include "reports/examples.hpp"
#include "reports/numbers.hpp"

namespace fedtrail::reports::test {

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

using fediverse::CategorySet;
using fediverse::DataCategory;

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

records::RecipientCard card_of_kind(const Host& one, const Kind& kind) {
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
        auto card = card_of_kind(one, kKinds.at(kind));
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
    auto known = card_of_kind(b, kKinds[5]);
    known.operator_name = Personal<std::string>{"Example, Inc."};
    known.operator_source = "admin";
    known.contact_name = Personal<std::string>{"Jane Doe"};
    known.software = "mastodon";
    known.aliases.push_back({host("www.b.example"), "www"});
    around.known.known.emplace(b, std::move(known));
    auto own = card_of_kind(a, kKinds[2]);
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
    around.accesses.all = {{kAlice, at("2026-11-19T09:00:00Z"), "plan", "cli:anna", "", false},
                           {kAlice, at("2026-11-20T09:00:00Z"), "name", "cli", "complaint of 3 May", true},
                           {kAlice, at("2026-11-21T09:00:00Z"), "report", "self", "", true},
                           {kAlice, at("2026-11-22T10:15:00Z"), "report", "api:3f2a91c4", "request 7", true}};
    around.held.add("https://origin.example/?author=1#follow-bob@private.example",
                    "",
                    CategorySet{DataCategory::FollowRelation},
                    {"b.example:8443"},
                    "2026-11-20T10:00:00Z");
}

}  // namespace fedtrail::reports::test
