// What one server is asked, and what is made of its answers.

#include <algorithm>
#include <array>
#include <utility>

#include "fedtrail/fediverse/politeness.hpp"
#include "fedtrail/fediverse/web_finger.hpp"

#include "erasure/plan_targets.hpp"
#include "erasure/scout.hpp"

namespace fedtrail::erasure {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::minutes, 4> kPausesAfterFailure{1h, 6h, 24h, 24h * 7};

bool is_fine(const RemoteResponse& response) {
    return response.fault == RemoteFault::None && response.status == 200;
}

/// It answers, and does not ask to be left alone.
bool may_be_asked_more(const RemoteResponse& response) {
    return response.status >= 200 && response.status < 500 && response.status != 429;
}

}  // namespace

bool Scout::next_stage(const Host& host, Visit& visit, Instant now) {
    auto response = std::move(*std::exchange(visit.response, std::nullopt));
    if (response.fault == RemoteFault::Stopped) {
        stopping_ = true;
        return false;
    }
    switch (visit.stage) {
        case Stage::WellKnown:
            return after_well_known(host, visit, std::move(response), now);
        case Stage::NodeInfo:
            return after_node_info(host, visit, std::move(response), now);
        case Stage::Instance:
            if (is_fine(response)) {
                const bool had_contact = !visit.facts.contact.reveal().empty();
                fediverse::add_instance_facts(visit.facts, response.body);
                visit.from_api = !had_contact;
            }
            return seek_or_end(host, visit, now);
        case Stage::Finger:
            return after_finger(host, visit, response, now);
        case Stage::Actor:
            return after_actor(host, visit, response, now);
    }
    return false;
}

bool Scout::after_well_known(const Host& host, Visit& visit, RemoteResponse response, Instant now) {
    const auto link = is_fine(response) ? fediverse::node_info_link(response.body, host)
                                        : Result<Uri>{fail(ErrorKind::Unavailable, "no answer")};
    visit.application = is_fine(response) ? fediverse::application_link(response.body, host) : std::nullopt;
    if (!link) {
        visit.failed = std::move(response);
        return seek_or_end(host, visit, now);
    }
    visit.stage = Stage::NodeInfo;
    send(host, "GET", link->text(), {});
    return true;
}

bool Scout::after_node_info(const Host& host, Visit& visit, RemoteResponse response, Instant now) {
    auto facts = is_fine(response) ? fediverse::read_node_info(response.body)
                                   : Result<fediverse::NodeFacts>{fail(ErrorKind::Unavailable, "no answer")};
    if (!facts) {
        visit.failed = std::move(response);
        return seek_or_end(host, visit, now);
    }
    visit.facts = std::move(*facts);
    visit.known = true;
    const auto question = fediverse::instance_question(visit.facts.software);
    const bool complete = !visit.facts.contact.reveal().empty() && !visit.facts.language.empty();
    if (!question || complete) {
        return seek_or_end(host, visit, now);
    }
    visit.stage = Stage::Instance;
    send(host, question->method, "https://" + host.text() + question->path, question->body);
    return true;
}

bool Scout::seek_or_end(const Host& host, Visit& visit, Instant now) {
    const bool answers = !visit.failed || may_be_asked_more(*visit.failed);
    if (!visit.sought && answers && lacks_inbox(host, visit, now)) {
        visit.sought = true;
        if (visit.application) {
            ask_actor(host, visit, *visit.application);
            return true;
        }
        if (finger(host, visit)) {
            return true;
        }
    }
    end(host, visit, now);
    return false;
}

/// A directory that cannot be read now is as one that knows it: the next visit asks.
bool Scout::lacks_inbox(const Host& host, const Visit& visit, Instant now) const {
    auto entry = ports_.directory.entry(host);
    if (!entry) {
        return false;
    }
    if (visit.known) {
        entry->software = visit.facts.software;
    }
    const bool relay = entry->relay || fediverse::is_relay(entry->software);
    return choose_inbox(*entry, dialects_.of(host, entry->software, relay), now).uri.empty();
}

/// The account that many servers have under their own name.
bool Scout::finger(const Host& host, Visit& visit) {
    const auto url = fediverse::web_finger_url(host, "acct:" + host.text() + "@" + host.text());
    if (!url || std::exchange(visit.fingered, true)) {
        return false;
    }
    visit.stage = Stage::Finger;
    send(host, "GET", url->text(), {}, "application/jrd+json, application/json");
    return true;
}

void Scout::ask_actor(const Host& host, Visit& visit, const Uri& actor) {
    visit.stage = Stage::Actor;
    send(host, "GET", actor.text(), {}, "application/activity+json");
}

bool Scout::after_finger(const Host& host, Visit& visit, const RemoteResponse& response, Instant now) {
    const auto actor = is_fine(response) ? fediverse::self_link(response.body, host) : std::nullopt;
    if (!actor || actor == visit.application) {
        end(host, visit, now);
        return false;
    }
    ask_actor(host, visit, *actor);
    return true;
}

bool Scout::after_actor(const Host& host, Visit& visit, const RemoteResponse& response, Instant now) {
    const bool own = response.url.text().empty() || fediverse::is_inbox_of(response.url, host);
    if (is_fine(response) && own) {
        visit.inboxes = fediverse::inboxes_in_actor(response.body, host);
    }
    const bool found = !visit.inboxes.shared.empty() || !visit.inboxes.own.empty();
    if (!found && may_be_asked_more(response) && finger(host, visit)) {
        return true;
    }
    end(host, visit, now);
    return false;
}

void Scout::end(const Host& host, const Visit& visit, Instant now) {
    if (visit.known) {
        end_well(host, visit, now);
    } else if (visit.failed) {
        end_badly(host, *visit.failed, now);
    }
    if (visit.inboxes == fediverse::ActorInboxes{}) {
        return;
    }
    learned_ = true;
    changes_.push_back({host, [inboxes = visit.inboxes](RecipientEntry& entry) {
                            if (!inboxes.shared.empty()) {
                                entry.shared_inbox = inboxes.shared;
                            }
                            if (entry.inbox.empty()) {
                                entry.inbox = inboxes.own;
                            }
                        }});
}

void Scout::end_well(const Host& host, const Visit& visit, Instant now) {
    failures_.erase(host);
    learned_ = true;
    const bool in_vain = visit.sought && visit.inboxes == fediverse::ActorInboxes{};
    plan(host, now + (in_vain ? std::chrono::seconds{24h} : options_.stale_after));
    const bool relay = fediverse::is_relay(visit.facts.software);
    const bool community = !relay && dialects_.of(visit.facts.software).passes_on;
    changes_.push_back(
        {host,
         [facts = visit.facts, from_api = visit.from_api, relay, community, now](RecipientEntry& entry) {
             const bool is_new = entry.software != facts.software;  // what else is known of it may not hold
             entry.software = facts.software;
             entry.version = facts.version;
             entry.asked_at = now;
             entry.known_at = now;
             note_answer(entry);
             entry.relay = relay || (entry.relay && !is_new);
             entry.community = community;
             if (!facts.contact.reveal().empty()) {
                 entry.contact = facts.contact;
                 entry.contact_source = from_api ? "instance_api" : "nodeinfo";
             }
             if (!facts.language.empty()) {
                 entry.language = facts.language;
             }
         }});
}

void Scout::end_badly(const Host& host, const RemoteResponse& response, Instant now) {
    const auto times = failures_[host]++;
    plan(host, now + kPausesAfterFailure.at(std::min<std::size_t>(times, kPausesAfterFailure.size() - 1)));
    // Where a redirect led cannot send us away from here.
    const bool own = response.url.text().empty() || response.url.host() == host;
    const auto rest = response.status >= 400 && own
                          ? fediverse::rest_until(response.status, response.headers, now)
                          : std::nullopt;
    const auto how = response.status == 0 ? std::string{name_of(response.fault)} : std::string{};
    changes_.push_back({host, [how, rest, now](RecipientEntry& entry) {
                            entry.asked_at = now;
                            if (!how.empty()) {
                                note_failure(entry, how, now);
                            }
                            if (rest) {
                                note_rest(entry, *rest);
                            }
                        }});
}

}  // namespace fedtrail::erasure
