#include "reports/transfer_report.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "fedtrail/privacy/basis_order.hpp"

#include "reports/each_recipient.hpp"
#include "reports/report_texts.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

using privacy::Evidence;
using Recipients = EachRecipient::List;

/// Collects what could not be established, or was withheld, each with its sentence.
class Gaps {
public:
    Gaps(const ReportTexts& texts, std::string group) : texts_(texts), group_(std::move(group)) {}

    void add(std::string_view code, std::vector<std::pair<std::string, Figure>> figures = {}) {
        ReportTexts::Values values;
        std::vector<ReportTexts::Count> counts;
        for (const auto& [name, figure] : figures) {
            if (const auto* number = std::get_if<std::uint64_t>(&figure)) {
                counts.push_back({name, *number, name});
            } else {
                values.emplace_back(name, texts_.forms().day(std::get<Instant>(figure)));
            }
        }
        auto sentence = texts_.fill(group_ + "." + std::string{code} + ".sentence", values, counts);
        found_.push_back(NotEstablished{std::string{code}, std::move(sentence), std::move(figures)});
    }

    void add_servers(std::string_view code, std::uint64_t servers) {
        if (servers > 0) {
            add(code, {{"servers", servers}});
        }
    }

    [[nodiscard]] std::vector<NotEstablished> take() { return std::move(found_); }

private:
    const ReportTexts& texts_;
    std::string group_;
    std::vector<NotEstablished> found_;
};

template <typename Predicate>
std::uint64_t count_if(const Recipients& recipients, Predicate holds) {
    return static_cast<std::uint64_t>(std::count_if(recipients.begin(), recipients.end(), holds));
}

std::uint64_t with_strongest(const Recipients& recipients, Evidence evidence) {
    return count_if(recipients,
                    [evidence](const ReportedRecipient& r) { return r.pair.strongest == evidence; });
}

bool passes_on(const ReportedRecipient& recipient) {
    return !records::passes_on_as(recipient.card.marks, recipient.pair.channels).empty();
}

bool merely_hinted(const ReportedRecipient& recipient) {
    return records::hinted_in(recipient.card.country).has_value();
}

/// What a window over the record cannot contain, whatever the person did.
void add_limits_of_the_record(Gaps& gaps, const LedgerTotals& ledger, const Window& period) {
    if (!ledger.first) {
        gaps.add(code::kNothingRecorded);
    } else if (!period.since || *period.since < *ledger.first) {
        gaps.add(code::kBeforeRecording, {{"first_record", *ledger.first}});
    }
    if (ledger.unread_tunnels > 0) {
        gaps.add(code::kUnreadConnections,
                 {{"connections", ledger.unread_tunnels}, {"servers", ledger.unread_tunnel_hosts}});
    }
    if (ledger.gap_deliveries > 0) {
        gaps.add(code::kUnrecordedDeliveries, {{"deliveries", ledger.gap_deliveries}});
    }
}

void add_limits_of_the_look(Gaps& gaps, const TransferReport& report, const Recipients& recipients) {
    gaps.add_servers(code::kRelays, count_if(recipients, passes_on));
    const auto hinted = count_if(recipients, merely_hinted);
    if (!report.totals.countries && hinted == 0) {
        gaps.add(code::kCountries);
        return;
    }
    gaps.add_servers(code::kCountriesUnknown, report.totals.country_unknown);
    gaps.add_servers(code::kCountriesHinted, hinted);
}

std::vector<NotEstablished> what_is_missing(const ReportTexts& texts,
                                            const LedgerTotals& ledger,
                                            const std::optional<UnnamedFetches>& unnamed,
                                            const TransferReport& report,
                                            const Recipients& recipients) {
    Gaps gaps{texts, "not_established"};
    add_limits_of_the_record(gaps, ledger, report.period);
    gaps.add_servers(code::kOutcomeUnknown, with_strongest(recipients, Evidence::Intended));
    gaps.add_servers(code::kInferredOnly, with_strongest(recipients, Evidence::Inferred));
    gaps.add_servers(code::kReceiptUnconfirmed, with_strongest(recipients, Evidence::Sent));
    gaps.add_servers(code::kUnreadContent, count_if(recipients, [](const ReportedRecipient& r) {
                         return r.pair.categories.has(fediverse::DataCategory::Unread);
                     }));
    gaps.add(code::kAnonymousPulls);
    if (unnamed && unnamed->fetches > 0) {
        gaps.add(code::kUnnamedFetches, {{"fetches", unnamed->fetches}, {"since", unnamed->since}});
    }
    gaps.add(code::kOnwardForwarding);
    add_limits_of_the_look(gaps, report, recipients);
    return gaps.take();
}

std::vector<NotEstablished> what_is_withheld(const ReportTexts& texts, const Recipients& recipients) {
    Gaps left_out{texts, "withheld"};
    if (!recipients.empty()) {
        left_out.add(withheld::kOtherPeople);
    }
    left_out.add_servers(withheld::kSinglePerson, count_if(recipients, [](const ReportedRecipient& r) {
                             return r.card.marks.single_person;
                         }));
    return left_out.take();
}

/// The host is named all the same: the person has a right to it (CJEU, C-154/21). What else is known of the
/// one person who lives there is theirs (Art. 15(4)).
void leave_out_others(records::RecipientCard& card) {
    if (card.marks.single_person) {
        card.operator_name = Personal<std::string>{};
        card.operator_source.clear();
        card.contact_name = Personal<std::string>{};
        card.contact = Personal<std::string>{};
        card.country.why.clear();
    }
}

/// Other hosts of a single-person server are that person's as well; nobody has a right to those that nothing
/// of theirs went to. For rows that are joined.
void leave_out_unreached_hosts(std::vector<ReportedRecipient>& recipients) {
    std::unordered_set<std::string_view> reached;
    for (const auto& recipient : recipients) {
        reached.insert(privacy::without_port(recipient.pair.recipient));
    }
    const auto is_unreached = [&reached](const records::HostAlias& alias) {
        return !reached.contains(privacy::without_port(alias.host));
    };
    for (auto& recipient : recipients) {
        if (recipient.card.marks.single_person) {
            std::erase_if(recipient.card.aliases, is_unreached);
        }
    }
}

/// By host, with nothing but the pair.
Result<std::vector<ReportedRecipient>> disclosed_to(const LedgerReader& ledger,
                                                    privacy::SubjectNumber subject,
                                                    const Window& period) {
    auto pairs = ledger.recipients_of(subject, period);
    if (!pairs) {
        return fail(pairs);
    }
    std::sort(pairs->begin(), pairs->end(), [](const PairAggregate& a, const PairAggregate& b) {
        return a.recipient < b.recipient;
    });
    std::vector<ReportedRecipient> recipients(pairs->size());
    for (std::size_t i = 0; i < pairs->size(); ++i) {
        recipients[i].card.host = (*pairs)[i].recipient;
        recipients[i].pair = std::move((*pairs)[i]);
    }
    return recipients;
}

privacy::Day day_of(Instant at) {
    return privacy::Day{std::chrono::floor<std::chrono::days>(at)};
}

/// The day whose law counts: that of the report, or the end of its period if that lies before.
privacy::Day last_day(const TransferReport& report) {
    return day_of(report.period.until ? std::min(*report.period.until, report.generated_at)
                                      : report.generated_at);
}

/// What a person consented to is a basis of theirs alone.
void rest_on_consent(records::RecipientCard& card,
                     const std::vector<records::Consent>& consents,
                     const privacy::Day& day) {
    if (std::any_of(consents.begin(), consents.end(), [&](const records::Consent& consent) {
            return records::carries(consent, card, day);
        })) {
        card.basis = card.if_consented->basis;
    }
}

/// What is known of recipients, and what the person consented to.
struct Known {
    const RecipientRegister& recipients;
    const std::vector<records::Consent>& consents;

    [[nodiscard]] Result<std::vector<records::RecipientCard>> cards(const std::vector<Host>& hosts,
                                                                    const privacy::Day& day) const {
        auto cards = recipients.cards(hosts, day);
        if (!cards) {
            return fail(cards);
        }
        for (auto& card : *cards) {
            rest_on_consent(card, consents, day);
        }
        return std::move(*cards);
    }
};

/// Says of those of `some` for which a transfer on `day` had less to rest on what that was.
Result<void> weaken(const std::vector<ReportedRecipient*>& some,
                    const privacy::Day& day,
                    const Known& known) {
    std::vector<Host> hosts;
    hosts.reserve(some.size());
    for (const auto* recipient : some) {
        hosts.push_back(recipient->pair.recipient);
    }
    auto cards = known.cards(hosts, day);
    if (!cards) {
        return fail(cards);
    }
    for (std::size_t i = 0; i < some.size() && i < cards->size(); ++i) {
        auto& then = (*cards)[i].basis;
        if (is_weaker(then.kind, some[i]->card.basis.kind)) {
            some[i]->card.basis = std::move(then);
        }
    }
    return {};
}

/// Whether records::carries() may say yes on some day. `hosts`: all of the recipient.
bool may_carry(const records::Consent& consent,
               const records::CountryFinding& country,
               const std::vector<Host>& hosts) {
    if (country.country && consent.country != *country.country) {
        return false;
    }
    const auto name = privacy::without_port(consent.recipient);
    return consent.recipient.empty() || std::any_of(hosts.begin(), hosts.end(), [name](const Host& host) {
               return privacy::without_port(host) == name;
           });
}

/// The days on which what a transfer of this person rests on may change, ascending. A consent for others adds
/// none: each day has recipients read once more.
std::vector<privacy::Day> turns_of(const records::RecipientCard& card,
                                   const std::vector<records::Consent>& consents) {
    auto turns = card.basis_turns;
    const auto hosts = records::hosts_of(card);
    for (const auto& consent : consents) {
        if (!may_carry(consent, card.country, hosts)) {
            continue;
        }
        turns.push_back(consent.given);
        if (consent.withdrawn) {
            turns.push_back(*consent.withdrawn);
        }
    }
    std::sort(turns.begin(), turns.end());
    return turns;
}

/// One day of each stretch without a change that a recipient's disclosures reach into, but for the stretch of
/// `report_day`. `before_all` is the day of the first disclosure of all, or lies before it.
std::vector<privacy::Day> days_to_ask(const ReportedRecipient& recipient,
                                      const std::vector<privacy::Day>& turns,
                                      const privacy::Day& before_all,
                                      const privacy::Day& report_day) {
    const auto begin_of_stretch = [&](const privacy::Day& day) {
        const auto next = std::upper_bound(turns.begin(), turns.end(), day);
        return next == turns.begin() ? before_all : std::max(before_all, *std::prev(next));
    };
    std::vector<privacy::Day> asked{begin_of_stretch(day_of(recipient.pair.first))};
    std::copy_if(turns.begin(), turns.end(), std::back_inserter(asked), [&](const privacy::Day& turn) {
        return day_of(recipient.pair.first) < turn && turn <= day_of(recipient.pair.last);
    });
    asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
    asked.erase(std::remove(asked.begin(), asked.end(), begin_of_stretch(report_day)), asked.end());
    return asked;
}

/// What went out before a decision, a certificate or clauses, or after them, has nothing of them: a row that
/// speaks of all its disclosures says the least that any day between the first and the last had.
Result<void> look_back(TransferReport& report, const Known& known) {
    auto earliest = report.generated_at;
    for (const auto& recipient : report.recipients) {
        earliest = std::min(earliest, recipient.pair.first);
    }
    const auto before_all = std::min(day_of(earliest), last_day(report));
    std::map<privacy::Day, std::vector<ReportedRecipient*>> by_day;
    for (auto& recipient : report.recipients) {
        const auto kind = recipient.card.basis.kind;
        if (kind == privacy::BasisKind::NoneNeeded || kind == privacy::BasisKind::Undocumented) {
            continue;
        }
        const auto turns = turns_of(recipient.card, known.consents);
        for (const auto& day : days_to_ask(recipient, turns, before_all, last_day(report))) {
            by_day[day].push_back(&recipient);
        }
    }
    for (const auto& [day, some] : by_day) {
        if (auto told = weaken(some, day, known); !told) {
            return told;
        }
    }
    return {};
}

Result<void> add_cards(TransferReport& report, const Known& known) {
    std::vector<Host> hosts;
    hosts.reserve(report.recipients.size());
    for (const auto& recipient : report.recipients) {
        hosts.push_back(recipient.pair.recipient);
    }
    auto cards = known.cards(hosts, last_day(report));
    if (!cards) {
        return fail(cards);
    }
    for (std::size_t i = 0; i < report.recipients.size() && i < cards->size(); ++i) {
        report.recipients[i].card = std::move((*cards)[i]);
        leave_out_others(report.recipients[i].card);
    }
    return look_back(report, known);
}

Result<void> add_deletions(TransferReport& report,
                           const ReportSources& sources,
                           privacy::SubjectNumber subject) {
    if (sources.notices == nullptr || sources.requests == nullptr) {
        return {};
    }
    const auto states = deletions_of(*sources.notices, *sources.requests, subject);
    if (!states) {
        return fail(states);
    }
    for (auto& recipient : report.recipients) {
        if (const auto found = states->find(recipient.pair.recipient); found != states->end()) {
            recipient.deletion = found->second;
        }
    }
    return {};
}

std::vector<CountryCount> countries_of(const Recipients& recipients) {
    std::map<std::pair<std::string, bool>, CountryCount> by_code;
    for (const ReportedRecipient& recipient : recipients) {
        const auto& known = recipient.card.country;
        const auto country = records::established_in(known);
        auto& count = by_code[{known.country ? std::string{known.country->code()} : "", country.has_value()}];
        count.country = country;
        count.hint = records::hinted_in(known);
        ++count.servers;
        ++count.bases[recipient.card.basis.kind];
    }
    std::vector<CountryCount> countries;
    countries.reserve(by_code.size());
    for (auto& [code, count] : by_code) {
        countries.push_back(std::move(count));
    }
    std::stable_sort(countries.begin(), countries.end(), [](const CountryCount& a, const CountryCount& b) {
        return std::tuple{!a.country, !a.country && !a.hint, b.servers} <
               std::tuple{!b.country, !b.country && !b.hint, a.servers};
    });
    return countries;
}

void add_up(TransferReport& report, const Recipients& recipients) {
    auto& totals = report.totals;
    totals.recipients = recipients.size();
    totals.hosts = report.recipients.size();
    report.countries = countries_of(recipients);
    for (const ReportedRecipient& recipient : recipients) {
        const auto kind = recipient.card.basis.kind;
        const bool placed = records::established_in(recipient.card.country).has_value();
        totals.disclosures += recipient.pair.disclosures;
        totals.country_unknown += placed ? 0 : 1;
        totals.third_country += records::outside_eea(recipient.card) ? 1 : 0;
        totals.undocumented += kind == privacy::BasisKind::Undocumented ? 1 : 0;
        totals.from_others += privacy::got_from_us(recipient.pair.channels) ? 0 : 1;
        totals.told += recipient.deletion.told ? 1 : 0;
        totals.verified_gone += recipient.deletion.state == fediverse::NoticeState::VerifiedGone ? 1 : 0;
    }
    const auto placed = std::count_if(report.countries.begin(),
                                      report.countries.end(),
                                      [](const CountryCount& count) { return count.country.has_value(); });
    if (placed > 0) {
        totals.countries = static_cast<std::uint64_t>(placed);
    }
}

Result<void> add_accesses(TransferReport& report, const AccessBook* book, privacy::SubjectNumber subject) {
    if (book == nullptr) {
        return {};
    }
    auto accesses = book->accesses(subject, kAccessesInReport);
    const auto count = book->count(subject);
    if (!accesses || !count) {
        return !accesses ? Result<void>{fail(accesses)} : Result<void>{fail(count)};
    }
    for (auto& access : *accesses) {
        report.accesses.push_back(
            {access.at, std::move(access.what), role_of(access), std::move(access.why)});
    }
    report.accesses_more = *count > report.accesses.size() ? *count - report.accesses.size() : 0;
    return {};
}

Result<void> check(const Window& period) {
    if (period.since && period.until && *period.until <= *period.since) {
        return fail(ErrorKind::Invalid,
                    *period.until == *period.since ? "the report's period is empty: its end is not in it"
                                                   : "the report's period ends before it begins",
                    "give an end that is later than its beginning");
    }
    return {};
}

TransferReport head_of(const SubjectIdentity& identity, const Window& period, const ReportFrame& frame) {
    TransferReport report;
    report.subject = identity.handle.reveal().empty() ? identity.actor : identity.handle;
    if (frame.pseudonym) {
        report.subject = Personal<std::string>{"#" + std::to_string(identity.number.get())};
    }
    report.language = frame.texts.language();
    report.generated_at = frame.generated_at;
    report.controller = frame.controller;
    report.period = period;
    report.cover = frame.cover;
    return report;
}

}  // namespace

Result<TransferReport> build_transfer_report(const ReportSources& sources,
                                             privacy::SubjectNumber subject,
                                             const Window& period,
                                             const ReportFrame& frame) {
    if (auto sound = check(period); !sound) {
        return fail(sound);
    }
    const auto identity = sources.vault.identity(subject);
    if (!identity) {
        return fail(identity);
    }
    auto recipients = disclosed_to(sources.ledger, subject, period);
    const auto totals = sources.ledger.totals();
    if (!recipients || !totals) {
        return !recipients ? Result<TransferReport>{fail(recipients)} : Result<TransferReport>{fail(totals)};
    }
    auto report = head_of(*identity, period, frame);
    report.recipients = std::move(*recipients);
    if (sources.recipients != nullptr) {
        const auto consents = sources.consents != nullptr ? sources.consents->consents(subject)
                                                          : Result<std::vector<records::Consent>>{};
        if (!consents) {
            return fail(consents);
        }
        if (auto added = add_cards(report, {*sources.recipients, *consents}); !added) {
            return fail(added);
        }
    }
    if (auto added = add_deletions(report, sources, subject); !added) {
        return fail(added);
    }
    if (auto added = add_accesses(report, sources.accesses, subject); !added) {
        return fail(added);
    }
    report.objections = frame.objections;
    join_rows(report.recipients);
    leave_out_unreached_hosts(report.recipients);
    const EachRecipient each{report.recipients};
    add_up(report, each.list());
    report.not_established = what_is_missing(frame.texts, *totals, frame.unnamed, report, each.list());
    report.withheld = what_is_withheld(frame.texts, each.list());
    return report;
}

}  // namespace fedtrail::reports
