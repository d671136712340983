// To whom nothing of a person goes any more, because they object (Art. 21).

#include <algorithm>

#include "erasure/desk.hpp"

namespace fedtrail::erasure {

namespace {

using privacy::RequestState;

bool names(const records::ErasureScope& scope, const Host& host) {
    return std::find(scope.recipients.begin(), scope.recipients.end(), host) != scope.recipients.end();
}

bool came_to_nothing(const std::vector<records::ErasureRequest>& all, records::RequestNumber number) {
    return std::any_of(all.begin(), all.end(), [number](const records::ErasureRequest& request) {
        return request.number == number &&
               (request.state == RequestState::Refused || request.state == RequestState::Withdrawn);
    });
}

/// What the person was, or will be, told of it says that nothing goes there any more.
bool keeps_objections(const records::ErasureRequest& request) {
    return request.state == RequestState::InProgress || request.state == RequestState::PausedForInfo ||
           request.state == RequestState::Fulfilled || request.state == RequestState::PartlyFulfilled;
}

}  // namespace

Result<std::vector<records::Objection>> Desk::objections_of(privacy::SubjectNumber subject) const {
    auto list = ports_.objections.objections();
    if (list) {
        std::erase_if(*list, [subject](const auto& each) { return each.subject != subject; });
    }
    return list;
}

Result<std::map<Host, std::string>> Desk::objection_reasons(privacy::SubjectNumber subject) const {
    return ports_.reasons.reasons(subject);
}

/// The objection first: that it counts is worth more than why. Who is cut off in between says it again.
Result<void> Desk::object_to(privacy::SubjectNumber subject,
                             const Host& recipient,
                             const std::string& reason) {
    if (reason.size() > kMaxObjectionReason) {
        return fail(ErrorKind::Invalid, "the reason is longer than 2,000 octets", "say it in fewer words");
    }
    if (const auto known = ports_.vault.identity(subject); !known) {
        return fail(known);
    }
    auto objected = ports_.objections.object(
        records::Objection{subject, recipient, ports_.clock.now(), records::RequestNumber{0}});
    return objected && !reason.empty() ? ports_.reasons.keep_reason(subject, recipient, reason) : objected;
}

/// The request of theirs that removes them from there now.
Result<std::optional<records::RequestNumber>> Desk::removed_by(privacy::SubjectNumber subject,
                                                               const Host& recipient) const {
    const auto all = requests_of(subject);
    if (!all) {
        return fail(all);
    }
    const auto found = std::find_if(all->begin(), all->end(), [&](const records::ErasureRequest& request) {
        const bool started =
            request.state == RequestState::InProgress || request.state == RequestState::PausedForInfo;
        return started && names(request.scope, recipient);
    });
    return found == all->end() ? std::optional<records::RequestNumber>{} : std::optional{found->number};
}

Result<void> Desk::allow(privacy::SubjectNumber subject, const Host& recipient) {
    const auto list = objections_of(subject);
    const auto request =
        list ? removed_by(subject, recipient) : Result<std::optional<records::RequestNumber>>{fail(list)};
    if (!request) {
        return fail(request);
    }
    if (*request) {
        const auto number = std::to_string((*request)->get());
        return fail(ErrorKind::Denied,
                    "request " + number + " removes this person from that server",
                    "withdraw or close it first");
    }
    const bool stands = std::any_of(
        list->begin(), list->end(), [&](const auto& each) { return each.recipient == recipient; });
    if (!stands) {
        return fail(ErrorKind::NotFound,
                    "no objection of this person to that server stands",
                    "`fedtrail subjects objections` lists those that do");
    }
    return ports_.objections.lift(subject, recipient);
}

/// An objection that the person made apart from the request stays, and so does one that another request
/// needs, or was closed by. The last of those that need one lifts it, whichever brought it.
Result<void> Desk::lift_objections_of(const records::ErasureRequest& request) {
    const auto list = objections_of(request.subject);
    const auto all =
        list ? requests_of(request.subject) : Result<std::vector<records::ErasureRequest>>{fail(list)};
    if (!all) {
        return fail(all);
    }
    for (const auto& objection : *list) {
        const auto& recipient = objection.recipient;
        const bool ends = objection.request == request.number ||
                          (names(request.scope, recipient) && came_to_nothing(*all, objection.request));
        const bool needed = std::any_of(all->begin(), all->end(), [&](const auto& other) {
            return keeps_objections(other) && names(other.scope, recipient);
        });
        if (!ends || needed) {
            continue;
        }
        if (auto lifted = ports_.objections.lift(request.subject, recipient); !lifted) {
            return lifted;
        }
    }
    return {};
}

}  // namespace fedtrail::erasure
