#include "erasure/list_walk.hpp"

#include <utility>

namespace fedtrail::erasure {

namespace {

using fediverse::Presence;

/// The ledger keeps URIs in their normal form, other servers as they came.
std::string normal(const std::string& uri) {
    const auto parsed = Uri::parse(uri);
    return parsed ? parsed->text() : uri;
}

}  // namespace

Result<fediverse::ProbeRequest> ListWalk::question(const fediverse::Probe& probe,
                                                   const Host& recipient,
                                                   fediverse::ProbePlaces person) const {
    if (probe.first && id_.empty()) {
        return fediverse::first_request(probe, recipient, person);
    }
    person.id = id_;
    person.last = last_;
    person.page = page_;
    return fediverse::page_request(probe, recipient, person);
}

void ListWalk::take(const fediverse::Probe& probe,
                    const fediverse::ProbePlaces& person,
                    const RemoteResponse& response) {
    status_ = static_cast<std::uint16_t>(response.status);
    if (probe.first && id_.empty()) {
        const auto found = finding_of(probe.first->meanings, person, response);
        const bool known = found.presence == Presence::Present;
        id_ = known ? fediverse::id_of(*probe.first, response.body) : std::string{};
        if (id_.empty()) {
            end_ = known ? Finding{} : found;
        }
        return;
    }
    auto page = response.fault == RemoteFault::None && response.status == 200
                    ? fediverse::page_of(*probe.list, response.body)
                    : std::nullopt;
    if (!page) {
        end_ = finding_of({}, person, response);
        return;
    }
    turn(*probe.list, std::move(*page));
}

void ListWalk::turn(const fediverse::ProbeList& list, fediverse::ProbePage page) {
    for (const auto& uri : page.uris) {
        uris_.insert(normal(uri));
    }
    const bool leads_on = list.last.empty() || (!page.last.empty() && page.last != last_);
    if (page.empty) {
        end_ = Finding{list.absent, false, false};
    } else if (page_ >= list.pages || !leads_on) {
        end_ = Finding{};  // what lies further down nobody has seen
    }
    last_ = std::move(page.last);
    ++page_;
}

std::optional<Finding> ListWalk::finding(const Personal<std::string>& object) const {
    return uris_.count(normal(object.reveal())) != 0 ? std::optional{Finding{Presence::Present, false, false}}
                                                     : end_;
}

}  // namespace fedtrail::erasure
