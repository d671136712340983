/// The reading side: chunks and sets from the file, the open history replayed from the journal.

#include <algorithm>
#include <iterator>

#include "backends/sqlite/ledger_codes.hpp"
#include "backends/sqlite/ledger_holdings.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/ledger_reader_store.hpp"
#include "backends/sqlite/ledger_window.hpp"

namespace fedtrail::sqlite {

Result<void> SqliteLedgerReader::Store::refresh() {
    auto& first = tables_.statements().get("SELECT coalesce(min(batch), 0) FROM journal");
    first.executeStep();
    const auto first_batch = first.getColumn(0).getInt64();
    first.reset();
    if (first_batch > last_batch_ + 1 && last_batch_ != 0) {
        history_.clear();  // batches came and went unseen
        tables_.forget();
        last_batch_ = 0;
    }
    auto& row = tables_.statements().get("SELECT batch, records FROM journal WHERE batch > ? ORDER BY batch");
    row.bind(1, last_batch_);
    while (row.executeStep()) {
        if (auto read = history_.replay(row.getColumn(0).getInt64(), blob_of(row.getColumn(1))); !read) {
            return read;
        }
        shapes_.reset();
        last_batch_ = row.getColumn(0).getInt64();
    }
    row.reset();
    if (history_.take_folded()) {
        tables_.forget();
    }
    if (auto names = recipients_.refresh(tables_.statements()); !names) {
        return names;
    }
    while (hosts_.size() < recipients_.size()) {
        auto host = Host::parse(recipients_.name(static_cast<std::uint32_t>(hosts_.size()) + 1));
        if (!host) {
            return fail(
                ErrorKind::Corrupt, "ledger: the name of a recipient is damaged", "run `fedtrail doctor`");
        }
        hosts_.add(*std::move(host));
    }
    return {};
}

Result<const std::vector<ledger::PairEntry>*> SqliteLedgerReader::Store::open_pairs(std::uint64_t subject,
                                                                                    const OpenSubject& open) {
    if (open_pairs_subject_ != subject || open_pairs_batch_ != last_batch_) {
        auto added =
            added_pairs(tables_, subject, open.first, entries_of(open, open.activities.size()), open.late);
        if (!added) {
            return fail(added);
        }
        open_pairs_ = *std::move(added);
        open_pairs_subject_ = subject;
        open_pairs_batch_ = last_batch_;
    }
    return &open_pairs_;
}

Result<std::vector<ledger::PairEntry>> SqliteLedgerReader::Store::pairs_of(std::uint64_t subject) {
    auto pairs = tables_.pairs(subject);
    if (!pairs) {
        return pairs;
    }
    if (const auto* open = history_.find(subject)) {
        const auto added = open_pairs(subject, *open);
        if (!added) {
            return fail(added);
        }
        join_pairs(*pairs, **added);
    }
    return pairs;
}

Result<std::vector<PairAggregate>> SqliteLedgerReader::Store::recipients_of(std::uint64_t subject,
                                                                            const Window& window) {
    const auto pairs = window.everything()
                           ? pairs_of(subject)
                           : pairs_in_window(tables_, subject, history_.find(subject), window);
    if (!pairs) {
        return fail(pairs);
    }
    std::vector<PairAggregate> aggregates;
    aggregates.reserve(pairs->size());
    for (const auto& [place, index] : hosts_.order(*pairs)) {
        const auto& pair = (*pairs)[index];
        aggregates.push_back(PairAggregate{hosts_.at_place(place),
                                           from_unix_seconds(pair.first),
                                           from_unix_seconds(pair.last),
                                           pair.objects,
                                           pair.disclosures,
                                           privacy::ChannelSet{pair.channels},
                                           fediverse::CategorySet{pair.categories},
                                           static_cast<privacy::Evidence>(pair.strongest)});
    }
    return aggregates;
}

Result<std::vector<privacy::SubjectNumber>> SqliteLedgerReader::Store::subjects_at(const Host& host) {
    std::vector<privacy::SubjectNumber> subjects;
    const auto recipient = recipients_.find(host.text());
    if (!recipient) {
        return subjects;
    }
    const auto sealed = tables_.subjects_of(*recipient);
    if (!sealed) {
        return fail(sealed);
    }
    const auto open = open_recipients();
    if (!open) {
        return fail(open);
    }
    std::vector<std::uint64_t> all = *sealed;
    const auto known = (*open)->find(*recipient);
    if (known != (*open)->end()) {
        all.clear();
        std::set_union(sealed->begin(),
                       sealed->end(),
                       known->second.subjects.begin(),
                       known->second.subjects.end(),
                       std::back_inserter(all));
    }
    subjects.reserve(all.size());
    for (const auto subject : all) {
        subjects.emplace_back(subject);
    }
    return subjects;
}

/// The activity that the object of the activity with this code belongs to.
Result<std::optional<std::uint32_t>> SqliteLedgerReader::Store::find_by(std::uint64_t subject,
                                                                        const ledger::UriCode& code,
                                                                        Lookup lookup,
                                                                        By by) {
    const auto sealed = find_sealed(tables_, subject, code, lookup, by);
    if (!sealed) {
        return fail(sealed);
    }
    if (*sealed) {
        const auto head = sealed_head(tables_, subject, **sealed);
        return head ? Result<std::optional<std::uint32_t>>{root_of(**sealed, *head)} : fail(head);
    }
    const auto* open = history_.find(subject);
    for (std::uint32_t i = 0; open != nullptr && i < open->activities.size(); ++i) {
        const auto& head = open->activities[i].head;
        if (by == By::Id ? head.id == code : !head.refers && head.object == code) {
            return std::optional{root_of(open->first + i, head)};
        }
    }
    return std::optional<std::uint32_t>{};
}

Result<const ShapeBook*> SqliteLedgerReader::Store::shapes_for(std::uint64_t subject) {
    if (!shapes_ || shapes_of_ != subject) {
        auto book = shape_book(tables_, subject);
        if (!book) {
            return fail(book);
        }
        shapes_ = std::move(*book);
        shapes_of_ = subject;
    }
    return &*shapes_;
}

Result<ledger::ActivityHead> SqliteLedgerReader::Store::head_of(std::uint64_t subject,
                                                                std::uint32_t activity) {
    const auto* open = history_.find(subject);
    if (open != nullptr && open->is_open(activity)) {
        return open->activities[activity - open->first].head;
    }
    return sealed_head(tables_, subject, activity);
}

/// An activity that was fetched before it was pushed, by its own address, stands as an object of its own:
/// whoever has it has the object that it carries.
Result<std::vector<std::uint32_t>> SqliteLedgerReader::Store::roots_of(std::uint64_t subject,
                                                                       const Uri& uri) {
    std::vector<std::uint32_t> roots;
    const auto shapes = shapes_for(subject);
    if (!shapes) {
        return fail(shapes);
    }
    const auto known = (*shapes)->find(uri.text());
    if (!known) {
        return fail(known);
    }
    if (!*known) {
        return roots;
    }
    const auto add = [&](const ledger::UriCode& code, By by) -> Result<void> {
        const auto found = find_by(subject, code, (*shapes)->lookup(code.shape), by);
        if (!found) {
            return fail(found);
        }
        if (*found && std::find(roots.begin(), roots.end(), **found) == roots.end()) {
            roots.push_back(**found);
        }
        return {};
    };
    const auto& code = **known;
    for (const auto by : {By::Object, By::Id}) {
        if (auto added = add(code, by); !added) {
            return fail(added);
        }
    }
    for (std::size_t i = 0, named = roots.size(); i < named; ++i) {
        const auto head = head_of(subject, roots[i]);
        if (!head) {
            return fail(head);
        }
        if (head->id.shape == 0 || head->id == code) {
            continue;
        }
        if (auto added = add(head->id, By::Object); !added) {
            return fail(added);
        }
    }
    return roots;
}

Result<std::vector<ledger::HolderFact>> SqliteLedgerReader::Store::open_holders(const OpenSubject& open,
                                                                                std::uint64_t subject,
                                                                                std::uint32_t root) {
    std::vector<ledger::HolderFact> holders;
    for (std::uint32_t i = 0; i < open.activities.size(); ++i) {
        if (root_of(open.first + i, open.activities[i].head) == root) {
            auto attempts = open.activities[i].attempts;
            std::sort(attempts.begin(), attempts.end());
            holders = join_holders(holders, ledger::holders_of(attempts));
        }
    }
    const auto late = late_about(tables_, subject, root, open.late);
    if (!late) {
        return fail(late);
    }
    return join_holders(holders, holders_of_late(*late));
}

Result<std::vector<ledger::HolderFact>> SqliteLedgerReader::Store::holder_facts(std::uint64_t subject,
                                                                                std::uint32_t root) {
    auto facts = sealed_holders(tables_, subject, root);
    const auto* open = facts ? history_.find(subject) : nullptr;
    if (open == nullptr) {
        return facts;
    }
    const auto more = open_holders(*open, subject, root);
    return more ? Result<std::vector<ledger::HolderFact>>{join_holders(*facts, *more)} : fail(more);
}

Result<std::vector<Holder>> SqliteLedgerReader::Store::holders_of(std::uint64_t subject, const Uri& object) {
    const auto roots = roots_of(subject, object);
    if (!roots) {
        return fail(roots);
    }
    std::vector<ledger::HolderFact> facts;
    for (const auto root : *roots) {
        const auto more = holder_facts(subject, root);
        if (!more) {
            return fail(more);
        }
        facts = join_holders(facts, *more);
    }
    std::vector<Holder> holders;
    for (const auto& [place, index] : hosts_.order(facts)) {
        const auto& fact = facts[index];
        if (const auto rank = ledger::rank_of(fact.code); rank != 0) {
            holders.push_back(Holder{hosts_.at_place(place), static_cast<privacy::Evidence>(rank - 1)});
        }
    }
    return holders;
}

Result<std::vector<ObservedAttempt>> SqliteLedgerReader::Store::attempts_of(std::uint64_t subject,
                                                                            const Uri& object) {
    const auto roots = roots_of(subject, object);
    if (!roots) {
        return fail(roots);
    }
    std::vector<ObservedAttempt> attempts;
    const auto add = [&](std::uint32_t recipient, std::int64_t at, ledger::OutcomeCode code) {
        attempts.push_back(
            ObservedAttempt{host(recipient), from_unix_seconds(at), channel_of(code), outcome_of(code)});
    };
    for (const auto root : *roots) {
        if (const auto seen = each_attempt(tables_, subject, history_.find(subject), root, add); !seen) {
            return fail(seen);
        }
    }
    std::sort(attempts.begin(), attempts.end(), [](const auto& a, const auto& b) {
        return a.at != b.at ? a.at < b.at : a.recipient < b.recipient;
    });
    return attempts;
}

std::vector<std::uint32_t> SqliteLedgerReader::Store::positions_of(std::span<const Host> hosts) const {
    std::vector<std::uint32_t> positions(recipients_.size() + 1);
    for (std::uint32_t i = 0; i < hosts.size(); ++i) {
        if (const auto number = recipients_.find(hosts[i].text())) {
            positions[*number] = i + 1;
        }
    }
    return positions;
}

Result<void> SqliteLedgerReader::Store::visit_held(std::uint64_t subject,
                                                   std::span<const Host> wanted,
                                                   const LedgerHoldings::Visitor& visitor) {
    const auto positions = positions_of(wanted);
    const auto shapes = shapes_for(subject);
    if (!shapes) {
        return fail(shapes);
    }
    const auto tell = [&](const HeldFact& fact) -> Result<bool> {
        auto id = (*shapes)->uri(fact.head.id);
        auto object = (*shapes)->uri(fact.object);
        if (!id || !object) {
            return fail(!id ? id : object);
        }
        return visitor(HeldActivity{Personal<std::string>{std::move(*id)},
                                    Personal<std::string>{std::move(*object)},
                                    fediverse::CategorySet{fact.head.categories},
                                    static_cast<fediverse::Visibility>(fact.head.visibility),
                                    from_unix_seconds(fact.head.at)},
                       fact.at);
    };
    return each_held(tables_, subject, history_.find(subject), positions, tell);
}

namespace {

/// Sorted, each recipient and channel once.
void join_equal(std::vector<ReplayedDisclosures>& to) {
    std::sort(to.begin(), to.end(), [](const auto& a, const auto& b) {
        return a.recipient != b.recipient ? a.recipient < b.recipient : a.channel < b.channel;
    });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < to.size(); ++i) {
        if (to[i].recipient == to[kept].recipient && to[i].channel == to[kept].channel) {
            ++to[kept].disclosures;
        } else {
            to[++kept] = to[i];
        }
    }
    to.resize(kept + 1);
}

}  // namespace

Result<void> SqliteLedgerReader::Store::visit_disclosed(std::uint64_t subject,
                                                        std::span<const Host> hosts,
                                                        const LedgerReplay::Visitor& visitor) {
    if (auto names = types_.refresh(tables_.statements()); !names) {
        return names;
    }
    const auto deletes = types_.find("Delete");
    const auto undos = types_.find("Undo");
    std::vector<ReplayedDisclosures> to;
    const auto tell = [&](const ledger::ActivityHead& head, const std::vector<ledger::HolderFact>& attempts) {
        to.clear();
        for (const auto& attempt : attempts) {
            to.push_back({attempt.recipient, channel_of(attempt.code), 1});
        }
        join_equal(to);
        return visitor({fediverse::CategorySet{head.categories},
                        static_cast<fediverse::Visibility>(head.visibility),
                        head.type == deletes || head.type == undos},
                       to);
    };
    return each_disclosed(tables_, subject, history_.find(subject), positions_of(hosts), tell);
}

Result<bool> SqliteLedgerReader::Store::posts_after(std::uint64_t subject, Instant moment) {
    if (auto names = types_.refresh(tables_.statements()); !names) {
        return fail(names);
    }
    const auto deletes = types_.find("Delete");
    const auto undos = types_.find("Undo");
    const fediverse::CategorySet deletion{fediverse::DataCategory::Deletion};
    const auto takes_back = [&](const ledger::ActivityHead& head) {
        return head.type == deletes || head.type == undos || head.categories == deletion.bits();
    };
    const auto after = std::chrono::floor<std::chrono::seconds>(moment).time_since_epoch().count();
    return sent_anew(tables_, subject, history_.find(subject), after, takes_back);
}

Result<records::Unlogged> SqliteLedgerReader::Store::unlogged(std::optional<privacy::SubjectNumber> subject) {
    records::Unlogged found;
    const auto add = [&found](std::int64_t at) {
        ++found.records;
        found.oldest = std::min(found.oldest.value_or(Instant::max()), from_unix_seconds(at));
    };
    for (const auto& [number, open] : history_.subjects()) {
        if (subject && subject->get() != number) {
            continue;
        }
        for (const auto& activity : open.activities) {
            add(activity.head.at);
        }
        for (const auto& attempt : open.late) {
            add(attempt.at);
        }
    }
    return found;
}

SqliteLedgerReader::SqliteLedgerReader(std::unique_ptr<Store> store) : store_(std::move(store)) {}
SqliteLedgerReader::~SqliteLedgerReader() = default;

Result<std::unique_ptr<SqliteLedgerReader>> SqliteLedgerReader::open(const std::filesystem::path& path,
                                                                     const SubjectSealer& sealer) {
    auto database = open_database(path, ledger_kind(), OpenMode::ReadOnly);
    if (!database) {
        return fail(database);
    }
    return std::unique_ptr<SqliteLedgerReader>{
        new SqliteLedgerReader{std::make_unique<Store>(std::move(*database), sealer)}};
}

Result<std::vector<PairAggregate>> SqliteLedgerReader::recipients_of(privacy::SubjectNumber subject,
                                                                     const Window& window) const {
    return store_->read([&] { return store_->recipients_of(subject.get(), window); });
}
Result<std::vector<privacy::SubjectNumber>> SqliteLedgerReader::subjects_at(const Host& recipient) const {
    return store_->read([&] { return store_->subjects_at(recipient); });
}
Result<std::vector<Holder>> SqliteLedgerReader::holders_of(privacy::SubjectNumber subject,
                                                           const Uri& object) const {
    return store_->read([&] { return store_->holders_of(subject.get(), object); });
}
Result<std::vector<RecipientTotals>> SqliteLedgerReader::recipients(std::string_view after,
                                                                    std::size_t limit) const {
    return store_->read([&] { return store_->recipients(after, limit); });
}
Result<LedgerTotals> SqliteLedgerReader::totals() const {
    return store_->read([&] { return store_->totals(); });
}
Result<std::vector<ObservedAttempt>> SqliteLedgerReader::attempts_of(privacy::SubjectNumber subject,
                                                                     const Uri& object) const {
    return store_->read([&] { return store_->attempts_of(subject.get(), object); });
}
Result<void> SqliteLedgerReader::visit_held(privacy::SubjectNumber subject,
                                            std::span<const Host> wanted,
                                            const LedgerHoldings::Visitor& visitor) const {
    return store_->read([&] { return store_->visit_held(subject.get(), wanted, visitor); });
}
Result<void> SqliteLedgerReader::visit_disclosed(privacy::SubjectNumber subject,
                                                 std::span<const Host> hosts,
                                                 const LedgerReplay::Visitor& visitor) const {
    return store_->read([&] { return store_->visit_disclosed(subject.get(), hosts, visitor); });
}
Result<std::uint64_t> SqliteLedgerReader::prevented(privacy::SubjectNumber subject) const {
    return store_->read([&] { return store_->prevented(subject.get()); });
}
Result<bool> SqliteLedgerReader::posts_after(privacy::SubjectNumber subject, Instant moment) const {
    return store_->read([&] { return store_->posts_after(subject.get(), moment); });
}
Result<VaultNote> SqliteLedgerReader::vault_note() const {
    return store_->ask([&] { return store_->vault_note(); });
}
Result<records::Unlogged> SqliteLedgerReader::unlogged(std::optional<privacy::SubjectNumber> subject) const {
    return store_->read([&] { return store_->unlogged(subject); });
}
Result<std::uint64_t> SqliteLedgerReader::last_leaf() const {
    return store_->ask([&] { return store_->last_leaf(); });
}

}  // namespace fedtrail::sqlite
