#include "reports/each_recipient.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>

#include "fedtrail/privacy/basis_order.hpp"
#include "fedtrail/privacy/joined_hosts.hpp"

namespace fedtrail::reports {

namespace {

using fediverse::NoticeState;

std::size_t standing_for(const std::vector<std::size_t>& places, const std::vector<ReportedRecipient>& rows) {
    const auto is_main = [&rows](std::size_t at) {
        return rows[at].pair.recipient == records::main_host(rows[at].card);
    };
    const auto found = std::find_if(places.begin(), places.end(), is_main);
    return found == places.end() ? places.front() : *found;
}

/// From what was never asked to what a look found gone.
std::size_t how_far(const DeletionState& deletion) {
    constexpr std::array kOrder{NoticeState::Planned,
                                NoticeState::Unreachable,
                                NoticeState::Refused,
                                NoticeState::Disproportionate,
                                NoticeState::StillPresent,
                                NoticeState::Escalated,
                                NoticeState::Sent,
                                NoticeState::Acknowledged,
                                NoticeState::Unprobeable,
                                NoticeState::NotVisible,
                                NoticeState::VerifiedGone};
    return deletion.state ? 1 + static_cast<std::size_t>(
                                    std::find(kOrder.begin(), kOrder.end(), *deletion.state) - kOrder.begin())
                          : 0;
}

void add(records::RecipientMarks& marks, const records::RecipientMarks& more) {
    marks.relay = marks.relay || more.relay;
    marks.bridge = marks.bridge || more.bridge;
    marks.community = marks.community || more.community;
    marks.single_person = marks.single_person || more.single_person;
    marks.content_delivery = marks.content_delivery || more.content_delivery;
}

void add(PairAggregate& pair, const PairAggregate& more) {
    pair.first = std::min(pair.first, more.first);
    pair.last = std::max(pair.last, more.last);
    pair.objects = std::max(pair.objects, more.objects);  // at least: the same thing may lie at both
    pair.disclosures += more.disclosures;
    pair.channels.add(more.channels);
    pair.categories.add(more.categories);
    pair.strongest = std::max(pair.strongest, more.strongest);
}

void add(ReportedRecipient& one, const ReportedRecipient& more) {
    add(one.pair, more.pair);
    add(one.card.marks, more.card.marks);
    if (is_weaker(more.card.basis.kind, one.card.basis.kind)) {
        one.card.basis = more.card.basis;
        one.card.country = more.card.country;
    }
    if (how_far(more.deletion) < how_far(one.deletion)) {
        one.deletion = more.deletion;
    }
}

}  // namespace

void join_rows(std::vector<ReportedRecipient>& rows) {
    privacy::JoinedHosts joined;
    for (const auto& row : rows) {
        join(joined, row.card);
    }
    std::unordered_map<std::string, std::vector<std::size_t>> places;
    for (std::size_t at = 0; at < rows.size(); ++at) {
        const auto name = privacy::without_port(rows[at].pair.recipient);
        const auto names = joined.names(name);
        places[names.empty() ? std::string{name} : names.front()].push_back(at);
    }
    for (const auto& [name, of_one] : places) {
        const auto first = of_one.size() > 1 ? standing_for(of_one, rows) : of_one.front();
        for (const auto at : of_one) {
            rows[at].joined_to = at == first ? Host{} : rows[first].pair.recipient;
        }
    }
}

EachRecipient::EachRecipient(const std::vector<ReportedRecipient>& rows) {
    std::unordered_map<std::string, ReportedRecipient*> several;
    for (const auto& row : rows) {
        if (!row.joined_to.empty()) {
            several.emplace(row.joined_to.text(), nullptr);
        }
    }
    for (const auto& row : rows) {
        const auto found = row.joined_to.empty() ? several.find(row.pair.recipient.text()) : several.end();
        if (found != several.end()) {
            found->second = &merged_.emplace_back(row);
        }
        if (row.joined_to.empty()) {
            list_.emplace_back(found == several.end() ? row : *found->second);
        }
    }
    for (const auto& row : rows) {
        if (!row.joined_to.empty()) {
            add(*several.at(row.joined_to.text()), row);
        }
    }
}

}  // namespace fedtrail::reports
