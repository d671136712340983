#include "erasure/handle_learner.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/fediverse/politeness.hpp"
#include "fedtrail/fediverse/web_finger.hpp"

#include "erasure/look.hpp"

namespace fedtrail::erasure {

namespace {

constexpr const char* kActorDocument =
    R"(application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams")";

RemoteRequest document_request(const Uri& actor, const HandleLearnerOptions& options) {
    auto request = web_finger_request(actor, options.user_agent, options.timeout);
    request.headers = {{"Accept", kActorDocument}, {"User-Agent", options.user_agent}};
    return request;
}

}  // namespace

HandleLearner::HandleLearner(HandleLearnerPorts ports,
                             HandleLearnerOptions options,
                             std::function<void()> wake)
    : ports_(ports), options_(std::move(options)), arrivals_(std::move(wake)) {}

void HandleLearner::send(RemoteRequest request) {
    ports_.http.send(std::move(request), arrivals_.expect(errand_->who));
}

/// The one who was asked for is done with.
void HandleLearner::go_on() {
    seen_ = errand_->who;
    errand_.reset();
    attempts_ = 0;
    due_ = ports_.clock.now() + options_.pause;
}

void HandleLearner::put_off(std::optional<Instant> not_before) {
    ++attempts_;
    if (attempts_ >= options_.attempts) {
        go_on();
    }
    errand_.reset();
    const auto then = ports_.clock.now() + options_.again;
    due_ = std::max(then, not_before.value_or(then));
}

/// Neither told nor confirmed, and not in the URI either: what stands there may be an id.
Result<bool> HandleLearner::lacks_name(const SubjectIdentity& person) const {
    const auto& handle = person.handle.reveal();
    if (!handle.empty() && !may_be_an_id(handle, person.actor.reveal())) {
        return false;
    }
    const auto facts = ports_.handles.handle_facts(person.number);
    if (!facts) {
        return facts.error().kind == ErrorKind::NotFound ? Result<bool>{false} : fail(facts);
    }
    return !facts->told && facts->confirmed.reveal().empty();
}

Result<void> HandleLearner::begin_next() {
    const auto page = ports_.vault.list(seen_, options_.page);
    if (!page) {
        return fail(page);
    }
    for (const auto number : *page) {
        const auto person = ports_.vault.identity(number);
        const auto lacks = person ? lacks_name(*person) : Result<bool>{fail(person)};
        // Shredded meanwhile; or damaged, which `doctor` tells: those behind them are asked for even so.
        const bool passed =
            !lacks && (lacks.error().kind == ErrorKind::NotFound || lacks.error().kind == ErrorKind::Corrupt);
        if (!lacks && !passed) {
            return fail(lacks);
        }
        const auto actor = Uri::parse(lacks && *lacks ? person->actor.reveal() : std::string{});
        if (!actor) {
            seen_ = number;
            attempts_ = 0;
            continue;
        }
        errand_.emplace(Errand{number, *actor, HandleQuestion{*actor, ""}});
        send(errand_->question.url()
                 ? web_finger_request(*errand_->question.url(), options_.user_agent, options_.timeout)
                 : document_request(*actor, options_));
        errand_->at_document = !errand_->question.url();
        return {};
    }
    const bool more = page->size() == options_.page;
    due_ = ports_.clock.now() + (more ? std::chrono::seconds{1} : options_.refresh);
    return {};
}

Result<void> HandleLearner::take_document(const RemoteResponse& response) {
    const bool served = response.fault == RemoteFault::None && response.status == 200;
    const auto name = served ? fediverse::username_in_actor(response.body, errand_->actor) : std::nullopt;
    const auto rest = fediverse::rest_until(response.status, response.headers, ports_.clock.now());
    if (!name && (response.fault != RemoteFault::None || response.status >= 500 || rest)) {
        put_off(rest);
        return {};
    }
    auto kept = name ? ports_.handles.tell(errand_->who, *name) : Result<void>{};
    if (!kept && kept.error().kind != ErrorKind::NotFound) {  // NotFound: shredded meanwhile
        return kept;
    }
    go_on();
    return {};
}

Result<void> HandleLearner::take_in(const RemoteResponse& response) {
    if (errand_->at_document) {
        return take_document(response);
    }
    auto& question = errand_->question;
    question.take(response, ports_.clock.now());
    if (question.url()) {
        send(web_finger_request(*question.url(), options_.user_agent, options_.timeout));
        return {};
    }
    if (question.verdict() == HandleVerdict::Unanswered) {
        put_off(question.rest());
        return {};
    }
    if (question.verdict() != HandleVerdict::Confirmed) {
        errand_->at_document = true;
        send(document_request(errand_->actor, options_));
        return {};
    }
    auto kept = ports_.handles.confirm(errand_->who, question.handle());
    if (!kept && kept.error().kind != ErrorKind::NotFound) {
        return kept;
    }
    go_on();
    return {};
}

Result<void> HandleLearner::take_in_all() {
    for (const auto& [who, response] : arrivals_.take()) {
        if (!errand_ || errand_->who != who) {
            continue;
        }
        if (auto taken = take_in(response); !taken) {
            put_off({});  // a book failed: the answer is lost, and is asked for once more
            return taken;
        }
    }
    return {};
}

Result<std::optional<Instant>> HandleLearner::step() {
    if (auto taken = take_in_all(); !taken) {
        return fail(taken);
    }
    const auto now = ports_.clock.now();
    if (!errand_ && (!due_ || *due_ <= now)) {
        if (auto begun = begin_next(); !begun) {
            return fail(begun);
        }
    }
    // An answer wakes it.
    return std::optional<Instant>{errand_ || !due_ ? now + options_.refresh : *due_};
}

}  // namespace fedtrail::erasure
