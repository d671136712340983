#include "erasure/handle_check.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/core/handle.hpp"
#include "fedtrail/ports/visit_books.hpp"

#include "erasure/go_on.hpp"

namespace fedtrail::erasure {

namespace {

constexpr privacy::SubjectNumber kNobody{0};

/// Shredded; or damaged, which `doctor` tells: any other of its host shows the same.
bool is_lost(const Error& error) {
    return error.kind == ErrorKind::NotFound || error.kind == ErrorKind::Corrupt;
}

bool is_gone(const records::ErasureRequest& request) {
    return request.origin_gone_at && request.scope.kind == records::ScopeKind::Account;
}

}  // namespace

HandleCheck::HandleCheck(HandleCheckPorts ports, HandleCheckOptions options, std::function<void()> wake)
    : ports_(ports), options_(std::move(options)), arrivals_(std::move(wake)) {}

// ---- who is to be asked for

Result<void> HandleCheck::find_people(std::map<Key, Errand>& wanted) const {
    RequestFilter filter;
    filter.open_only = true;
    return visit_whole_requests(
        ports_.requests,
        filter,
        [&](const records::ErasureRequest& request) -> Result<void> {
            const Key key{request.subject, Host{}};
            auto& errand = wanted[key];
            const bool gone = errand.gone || is_gone(request);
            if (const auto known = errands_.find(key); known != errands_.end()) {
                errand = known->second;
            } else if (!errand.due) {
                errand.due = ports_.clock.now();
            }
            errand.gone = gone;
            return {};
        },
        [&](const auto& row) {
            if (const auto known = errands_.find(Key{row.subject, Host{}}); known != errands_.end()) {
                wanted.insert(*known);
            }
        });
}

Result<void> HandleCheck::refresh() {
    const auto now = ports_.clock.now();
    if (refresh_at_ && now < *refresh_at_) {
        return {};
    }
    std::map<Key, Errand> wanted;
    auto found = find_people(wanted);
    if (!may_go_on(found)) {
        return found;
    }
    std::vector<Host> hosts;
    for (const auto& [key, errand] : wanted) {
        if (errand.lacking && errand.times > 0) {
            hosts.push_back(*errand.lacking);
        }
    }
    for (const auto& host : hosts) {
        const Key key{kNobody, host};
        const auto known = errands_.find(key);
        auto& errand = wanted[key];
        if (known != errands_.end()) {
            errand = known->second;
        } else {
            errand.due = now;
        }
    }
    for (const auto& [key, errand] : errands_) {
        if (!errand.due) {  // its answer is still to come
            wanted.emplace(key, errand);
        }
    }
    errands_ = std::move(wanted);
    refresh_at_ = now + options_.refresh;
    return found;
}

// ---- asking

void HandleCheck::put_off(Errand& errand, std::optional<Instant> not_before) const {
    const auto last = options_.intervals.size() - 1;
    const auto then = ports_.clock.now() + options_.intervals.at(std::min(errand.times, last));
    errand.due = std::max(then, not_before.value_or(then));
    ++errand.times;
}

void HandleCheck::send(const Key& key, Errand& errand) {
    errand.due.reset();
    ++asking_;
    ports_.http.send(web_finger_request(*errand.question->url(), options_.user_agent, options_.timeout),
                     arrivals_.expect(key));
}

Result<void> HandleCheck::ask_next(const Key& key, Errand& errand) {
    for (; errand.next < errand.people.size(); ++errand.next) {
        const auto identity = ports_.vault.identity(errand.people[errand.next]);
        if (!identity && !is_lost(identity.error())) {
            return fail(identity);
        }
        auto actor = Uri::parse(identity ? identity->actor.reveal() : std::string{});
        if (!actor) {
            continue;
        }
        const auto handle = Handle::parse(identity->handle.reveal());
        errand.question.emplace(std::move(*actor), handle ? handle->name : std::string{});
        if (errand.question->url()) {
            send(key, errand);
            return {};
        }
    }
    put_off(errand, {});
    return {};
}

Result<void> HandleCheck::begin_person(const Key& key, Errand& errand) {
    const auto facts = ports_.handles.handle_facts(key.first);
    const auto identity = facts ? ports_.vault.identity(key.first) : Result<SubjectIdentity>{fail(facts)};
    if (!identity && identity.error().kind != ErrorKind::NotFound) {
        return fail(identity);
    }
    const auto actor = Uri::parse(identity ? identity->actor.reveal() : std::string{});
    if (!actor || !facts->confirmed.reveal().empty()) {  // shredded, or known
        errand.lacking.reset();
        errand.done = true;
        return {};
    }
    errand.lacking = facts->host ? std::nullopt : std::optional{actor->host()};
    if (errand.gone) {  // others may still show which handle host it is
        put_off(errand, {});
        return {};
    }
    errand.people = {key.first};
    errand.next = 0;
    return ask_next(key, errand);
}

Result<void> HandleCheck::begin_host(const Key& key, Errand& errand) {
    errand.people.clear();
    errand.next = 0;
    const auto page = ports_.vault.list(errand.seen, options_.page);
    if (!page) {
        return fail(page);
    }
    errand.seen = page->empty() ? kNobody : page->back();
    for (const auto number : *page) {
        const auto identity = ports_.vault.identity(number);
        if (!identity && !is_lost(identity.error())) {
            return fail(identity);
        }
        const auto actor = Uri::parse(identity ? identity->actor.reveal() : std::string{});
        const bool asked_anyway = errands_.count(Key{number, Host{}}) > 0;
        if (!actor || asked_anyway || actor->host() != key.second) {
            continue;
        }
        errand.people.push_back(number);
        if (errand.people.size() == options_.others) {
            errand.seen = number;
            break;
        }
    }
    return ask_next(key, errand);
}

Result<void> HandleCheck::begin(const Key& key, Errand& errand) {
    return key.first == kNobody ? begin_host(key, errand) : begin_person(key, errand);
}

// ---- taking in what came back

/// Whether the handle is kept; false: who it is about was shredded meanwhile.
Result<bool> HandleCheck::settle(Errand& errand) {
    const auto kept = ports_.handles.confirm(errand.people[errand.next], errand.question->handle());
    if (!kept && kept.error().kind != ErrorKind::NotFound) {
        return fail(kept);
    }
    return kept.has_value();
}

Result<void> HandleCheck::take_in(const Key& key, const RemoteResponse& response) {
    --asking_;
    const auto found = errands_.find(key);
    if (found == errands_.end() || found->second.due) {
        return {};
    }
    auto& errand = found->second;
    errand.due = ports_.clock.now();  // should a book fail now: it is asked for once more
    auto& question = *errand.question;
    question.take(response, ports_.clock.now());
    if (question.url()) {
        send(key, errand);
        return {};
    }
    if (question.verdict() == HandleVerdict::Unanswered) {
        put_off(errand, question.rest());
        return {};
    }
    if (question.verdict() == HandleVerdict::Confirmed) {
        const auto kept = settle(errand);
        if (!kept) {
            return fail(kept);
        }
        errand.done = *kept;
        if (errand.done) {
            errand.lacking.reset();
            return {};
        }
    }
    ++errand.next;
    auto asked = ask_next(key, errand);
    if (errand.due) {
        refresh_at_.reset();  // others of its host may be asked for now
    }
    return asked;
}

Result<void> HandleCheck::take_in_all() {
    Result<void> ready;
    for (const auto& [key, response] : arrivals_.take()) {  // all of them: an answer comes but once
        const auto taken = take_in(key, response);
        const auto found = errands_.find(key);
        if (!taken && may_go_on(taken) && found != errands_.end() && found->second.due) {
            put_off(found->second, {});  // else it is asked for at once, for ever
        }
        ready = worse_of(ready, taken);
    }
    return ready;
}

Result<std::optional<Instant>> HandleCheck::step() {
    auto ready = take_in_all();
    if (may_go_on(ready)) {
        ready = worse_of(ready, refresh());
    }
    if (!may_go_on(ready)) {
        return fail(ready);
    }
    auto again = *refresh_at_;
    for (auto& [key, errand] : errands_) {
        if (errand.done || !errand.due) {
            continue;
        }
        const bool is_due = *errand.due <= ports_.clock.now();
        if (is_due && asking_ >= options_.at_once) {
            continue;  // an answer wakes it
        }
        const auto begun = is_due ? begin(key, errand) : Result<void>{};
        if (!may_go_on(begun)) {
            return fail(begun);
        }
        if (!begun) {
            put_off(errand, {});
        }
        ready = ready ? begun : ready;
        again = errand.due && !errand.done ? std::min(again, *errand.due) : again;
    }
    return ready ? Result<std::optional<Instant>>{again} : Result<std::optional<Instant>>{fail(ready)};
}

}  // namespace fedtrail::erasure
