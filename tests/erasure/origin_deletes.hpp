/// Posts of Alice's that the origin itself deletes.

#pragma once

#include <string>
#include <vector>

#include "erasure/office.hpp"

namespace fedtrail::testing {

/// As the spotter does: the origin deleted these posts, and told these servers, which took it.
inline records::RequestNumber origin_deleted(Office& office,
                                             const std::vector<int>& notes,
                                             const std::vector<std::string>& told) {
    auto order = office.order(chosen(notes));
    order.source = records::RequestSource::Observed;
    const auto number = office.desk.open(order)->number;
    std::vector<records::Notice> notices;
    for (const auto& name : told) {
        records::Notice notice;
        notice.request = number;
        notice.subject = office.alice;
        notice.recipient = host(name);
        notice.state = fediverse::NoticeState::Acknowledged;
        notice.seen_from_origin = true;
        notice.acknowledged_at = office.clock.at;
        notices.push_back(notice);
        for (const auto post : notes) {
            office.ledger.try_again(note(post), name, office.clock.at);
        }
    }
    REQUIRE(office.notices.plan(number, {}, notices));
    REQUIRE(office.desk.start(Office::act(number)));
    return number;
}

/// What a request for these posts sends to one server.
inline std::vector<std::string> sent_for(Office& office,
                                         const std::vector<int>& notes,
                                         const std::string& name) {
    return office.words(office.notice_to(office.started(chosen(notes)), name));
}

/// All posts; the category lies in each.
inline records::ErasureScope every_post() {
    records::ErasureScope scope;
    scope.kind = records::ScopeKind::Matching;
    scope.categories = {fediverse::DataCategory::PostText};
    return scope;
}

}  // namespace fedtrail::testing
