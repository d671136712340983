/// The reading side: what was disclosed to each recipient and to all.

#include <algorithm>

#include "backends/sqlite/ledger_reader_store.hpp"
#include "backends/sqlite/ledger_watch.hpp"

namespace fedtrail::sqlite {

namespace {

void widen(LedgerTotals& totals, std::int64_t first, std::int64_t last) {
    totals.first = std::min(totals.first.value_or(Instant::max()), from_unix_seconds(first));
    totals.last = std::max(totals.last.value_or(Instant::min()), from_unix_seconds(last));
}

}  // namespace

Result<const std::map<std::uint32_t, OpenRecipient>*> SqliteLedgerReader::Store::open_recipients() {
    if (open_recipients_batch_ == last_batch_) {
        return &open_recipients_;
    }
    open_recipients_.clear();
    for (const auto& entry : history_.subjects()) {
        const auto& open = entry.second;
        const auto added = added_pairs(
            tables_, entry.first, open.first, entries_of(open, open.activities.size()), open.late);
        if (!added) {
            return fail(added);
        }
        add_open(entry.first, *added);
    }
    for (auto& entry : open_recipients_) {
        std::sort(entry.second.subjects.begin(), entry.second.subjects.end());
    }
    open_recipients_batch_ = last_batch_;
    return &open_recipients_;
}

void SqliteLedgerReader::Store::add_open(std::uint64_t subject, const std::vector<ledger::PairEntry>& added) {
    for (const auto& pair : added) {
        const auto [known, is_new] = open_recipients_.try_emplace(pair.recipient, OpenRecipient{pair, {}});
        if (!is_new) {
            ledger::merge(known->second.sum, pair);
        }
        known->second.subjects.push_back(subject);
    }
}

Result<RecipientTotals> SqliteLedgerReader::Store::totals_of(std::uint32_t recipient,
                                                             const OpenRecipient* open) {
    auto total = tables_.total(recipient);
    RecipientTotals totals;
    totals.recipient = host(recipient);
    if (open != nullptr) {
        if (total) {
            ledger::merge(total->sum, open->sum);
        } else {
            total = TotalRow{0, open->sum};
        }
        const auto sealed = tables_.subjects_of(recipient);
        if (!sealed) {
            return fail(sealed);
        }
        for (const auto subject : open->subjects) {
            total->subjects += std::binary_search(sealed->begin(), sealed->end(), subject) ? 0 : 1;
        }
    }
    if (total) {
        totals.first = from_unix_seconds(total->sum.first);
        totals.last = from_unix_seconds(total->sum.last);
        totals.subjects = total->subjects;
        totals.disclosures = total->sum.disclosures;
        totals.channels = privacy::ChannelSet{total->sum.channels};
        totals.categories = fediverse::CategorySet{total->sum.categories};
        totals.strongest = static_cast<privacy::Evidence>(total->sum.strongest);
    }
    const auto tunnels = tunnels_of(tables_.statements(), recipient);
    totals.tunnels = tunnels.connections;
    totals.tunnel_bytes = tunnels.bytes_sent;
    if (!total && tunnels.connections > 0) {
        totals.first = from_unix_seconds(tunnels.first_at);
        totals.last = from_unix_seconds(tunnels.last_at);
    }
    return totals;
}

Result<std::vector<RecipientTotals>> SqliteLedgerReader::Store::recipients(std::string_view after,
                                                                           std::size_t limit) {
    const auto open = open_recipients();
    if (!open) {
        return fail(open);
    }
    std::vector<RecipientTotals> totals;
    for (auto place = hosts_.place_behind(after); place < hosts_.size() && totals.size() < limit; ++place) {
        const auto number = hosts_.number_at(place);
        const auto known = (*open)->find(number);
        auto row = totals_of(number, known == (*open)->end() ? nullptr : &known->second);
        if (!row) {
            return fail(row);
        }
        if (row->disclosures != 0 || row->tunnels != 0) {  // else only attempts that disclosed nothing
            totals.push_back(std::move(*row));
        }
    }
    return totals;
}

std::uint64_t SqliteLedgerReader::Store::number(const char* sql) {
    auto& row = tables_.statements().get(sql);
    row.executeStep();
    const auto value = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
    row.reset();
    return value;
}

/// What the chunks hold; gives the subjects with disclosures in them.
std::unordered_set<std::uint64_t> SqliteLedgerReader::Store::add_sealed(LedgerTotals& totals) {
    std::unordered_set<std::uint64_t> subjects;
    auto& row =
        tables_.statements().get("SELECT subject, sealed, disclosures, first_at, last_at FROM subject");
    while (row.executeStep()) {
        totals.activities += static_cast<std::uint64_t>(row.getColumn(1).getInt64());
        const auto disclosures = static_cast<std::uint64_t>(row.getColumn(2).getInt64());
        if (disclosures > 0) {
            subjects.insert(static_cast<std::uint64_t>(row.getColumn(0).getInt64()));
            totals.disclosures += disclosures;
            widen(totals, row.getColumn(3).getInt64(), row.getColumn(4).getInt64());
        }
    }
    row.reset();
    return subjects;
}

Result<LedgerTotals> SqliteLedgerReader::Store::totals() {
    LedgerTotals totals;
    auto subjects = add_sealed(totals);
    const auto open = open_recipients();
    if (!open) {
        return fail(open);
    }
    for (const auto& entry : history_.subjects()) {
        totals.activities += entry.second.activities.size();
    }
    totals.recipients = number("SELECT count(*) FROM recipient_total");
    for (const auto& entry : **open) {
        const auto& added = entry.second;
        totals.disclosures += added.sum.disclosures;
        subjects.insert(added.subjects.begin(), added.subjects.end());
        widen(totals, added.sum.first, added.sum.last);
        totals.recipients += tables_.total(entry.first) ? 0 : 1;
    }
    totals.subjects = subjects.size();
    totals.unread_tunnels = number("SELECT coalesce(sum(connections), 0) FROM tunnel");
    totals.unread_tunnel_hosts = number("SELECT count(DISTINCT recipient) FROM tunnel");
    totals.gap_deliveries = number("SELECT coalesce(sum(deliveries), 0) FROM gap");
    return totals;
}

}  // namespace fedtrail::sqlite
