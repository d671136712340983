#include "erasure/looker.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "erasure/go_on.hpp"
#include "erasure/origin_watch.hpp"
#include "erasure/plan_targets.hpp"
#include "erasure/sound_entries.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::Presence;

constexpr std::size_t kMostHosts = 10'000;  ///< Whose wishes are remembered.
constexpr std::size_t kComing = 100;
constexpr std::chrono::seconds kSoonest{
    1};  ///< A notice that cannot be taken yet must not be asked for at once.
/// An origin that does not answer while a copy has come back.
constexpr std::chrono::minutes kAskOriginAgain{5};
constexpr std::size_t kMostOriginAsks = 3;

/// What the origin serves, or served, of it.
const std::string& uri_at_origin(const LookPlace& place) {
    const bool account = place.target == fediverse::ProbeTarget::Account;
    return account ? place.places.actor.reveal() : place.places.object.reveal();
}

/// The URI itself would outlive the person's key.
std::size_t hash_at_origin(const LookPlace& place) {
    return std::hash<std::string>{}(uri_at_origin(place));
}

/// Nobody answered for the origin, or somebody who cannot say what it has.
bool cannot_say(const RemoteResponse& response) {
    return response.fault != RemoteFault::None || response.status >= 500 || response.status == 408 ||
           response.status == 429;
}

/// The account is asked for by more than one handle: the copy may be kept under any of them.
bool is_one_of_several_names(std::span<const LookPlace> places, std::size_t place) {
    const auto is_account = [](const LookPlace& one) {
        return one.target == fediverse::ProbeTarget::Account;
    };
    return is_account(places[place]) && std::count_if(places.begin(), places.end(), is_account) > 1;
}

RecipientChange resting_until(const Host& host, Instant until) {
    return {host, [until](RecipientEntry& entry) { note_rest(entry, until); }};
}

}  // namespace

Looker::Looker(LookerPorts ports,
               const fediverse::Probes& probes,
               LookerOptions options,
               std::function<void()> wake)
    : ports_(ports), probes_(probes), options_(std::move(options)), arrivals_(std::move(wake)) {}

// ---- asking

bool Looker::send(records::NoticeNumber number,
                  Look& look,
                  const fediverse::Probe& probe,
                  fediverse::ProbeRequest request) {
    RemoteRequest question;
    question.method = std::move(request.method);
    question.url = std::move(request.url);
    question.body = request.body;
    question.timeout = options_.timeout;
    question.max_body = fediverse::kMaxProbeAnswer;
    if (probe.signed_get) {
        auto headers =
            ports_.signer.sign(look.subject, look.scheme, question.method, question.url, question.body, "");
        if (!headers) {
            return false;
        }
        question.headers = std::move(*headers);
    }
    question.headers.emplace_back("Accept", probe.accept);
    question.headers.emplace_back("User-Agent", options_.user_agent);
    if (!question.body.empty() && !probe.signed_get) {
        question.headers.emplace_back("Content-Type", "application/json");
    }
    look.question = Question::Probe;
    look.due.reset();
    ++figures_.questions;
    ports_.http.send(std::move(question), arrivals_.expect(number));
    return true;
}

/// That one object is gone says nothing about the next.
bool Looker::is_gone_at_origin(const Look& look) const {
    const auto gone = gone_until_.find(hash_at_origin(look.places[look.place]));
    return gone != gone_until_.end() && gone->second > ports_.clock.now();
}

/// An account that is served again (a suspension lifted, a backup restored) must not be imported by a look.
bool Looker::ask_origin(records::NoticeNumber number, Look& look) {
    auto url = Uri::parse(uri_at_origin(look.places[look.place]));
    if (!url) {
        return false;
    }
    RemoteRequest question;
    question.url = std::move(*url);
    question.timeout = options_.timeout;
    question.follow_redirects = true;
    question.headers = {{"Accept", "application/activity+json"}, {"User-Agent", options_.user_agent}};
    look.question = Question::Origin;
    look.due.reset();
    ++figures_.questions;
    ports_.http.send(std::move(question), arrivals_.expect(number));
    return true;
}

/// False: the page may not be asked for.
bool Looker::ask_robots(records::NoticeNumber number, Look& look) {
    auto url = Uri::parse("https://" + look.host.text() + "/robots.txt");
    if (!url) {
        return false;
    }
    RemoteRequest question;
    question.url = std::move(*url);
    question.timeout = options_.timeout;
    question.follow_redirects = true;
    question.headers = {{"User-Agent", options_.user_agent}};
    look.question = Question::Robots;
    look.due.reset();
    ++figures_.questions;
    ports_.http.send(std::move(question), arrivals_.expect(number));
    return true;
}

bool Looker::try_probe(records::NoticeNumber number, Look& look, const fediverse::Probe& probe) {
    const auto& places = look.places[look.place].places;
    if ((probe.write_endpoint && !options_.write_probes) || !can_ask(probe, places)) {
        return false;
    }
    auto request = probe.list ? walk_of(look, probe).question(probe, look.host, places)
                              : fediverse::probe_request(probe, look.host, places);
    if (!request) {
        return false;
    }
    if (probe.imports && !is_gone_at_origin(look)) {
        return ask_origin(number, look);
    }
    if (probe.is_html) {
        const auto known = robots_.find(look.host);
        if (known == robots_.end() || known->second.until <= ports_.clock.now()) {
            return ask_robots(number, look);
        }
        const auto query = request->url.query();
        auto path = std::string{request->url.path()};
        if (!query.empty()) {
            path.append("?").append(query);
        }
        if (!known->second.robots.allow(path)) {
            return false;
        }
    }
    return send(number, look, probe, std::move(*request));
}

void Looker::space_out(const Host& host, const fediverse::Probe& probe) {
    if (!probe.rate) {
        return;
    }
    auto& next = spaced_[host];
    next = std::max(next, ports_.clock.now() + probe.rate->apart());
}

/// Whether the recipient wants to be left alone, or has been asked a moment ago.
bool Looker::rests(Look& look, const RecipientEntry& entry) const {
    const auto now = ports_.clock.now();
    const auto spaced = spaced_.find(look.host);
    const auto until =
        std::max(spaced == spaced_.end() ? now : spaced->second, entry.rest_until.value_or(now));
    if (until <= now) {
        return false;
    }
    look.rest = until;
    look.due = until;
    if (until > now + options_.patience) {
        look.findings.push_back({Presence::Unknown, true, false});
        look.finished = true;
    }
    return true;
}

std::vector<const fediverse::Probe*> Looker::probes_for(const Look& look,
                                                        fediverse::ProbeTarget target) const {
    auto probes = probes_.of(look.software, target, look.version);
    const auto unfit = [&](const fediverse::Probe* probe) {
        // What the account is asked for says more than a list of what it has.
        return (look.origin_serves && probe->imports) || (look.account && probe->list);
    };
    probes.erase(std::remove_if(probes.begin(), probes.end(), unfit), probes.end());
    return probes;
}

void Looker::advance(records::NoticeNumber number, Look& look) {
    while (!look.finished && look.place < look.places.size()) {
        if (look.came_back) {
            look.finished = look.served = !ask_origin(number, look);  // nobody is told anew unasked
            return;
        }
        const auto& place = look.places[look.place];
        const auto probes = probes_for(look, place.target);
        if (look.probe >= probes.size()) {
            // Of chosen objects none may be taken for what another is.
            look.findings.push_back(
                {Presence::Unknown, !look.account, is_one_of_several_names(look.places, look.place)});
            next_place(look);
            continue;
        }
        const auto& probe = *probes[look.probe];
        const auto listed =
            probe.list ? walk_of(look, probe).finding(place.places.object) : std::optional<Finding>{};
        if (listed) {
            settle(number, look, probe, *listed, walk_of(look, probe).status());
        } else if (try_probe(number, look, probe)) {
            return;
        } else {
            ++look.probe;
        }
    }
    look.finished = true;
}

// ---- taking in what came back

void Looker::next_place(Look& look) {
    ++look.place;
    look.probe = 0;
    look.misheard = false;
}

ListWalk& Looker::walk_of(Look& look, const fediverse::Probe& probe) {
    return look.walks[{probe.name, look.places[look.place].places.handle.reveal()}];
}

void Looker::take_in_probe(records::NoticeNumber number, Look& look, const RemoteResponse& response) {
    const auto& place = look.places[look.place];
    const auto probes = probes_for(look, place.target);
    const auto& probe = *probes.at(look.probe);
    space_out(look.host, probe);
    if (probe.list) {
        walk_of(look, probe).take(probe, place.places, response);
        return;  // advance() reads there what it says of this object and the next ones
    }
    settle(number,
           look,
           probe,
           finding_of(probe.meanings, place.places, response),
           static_cast<std::uint16_t>(response.status));
}

void Looker::settle(records::NoticeNumber number,
                    Look& look,
                    const fediverse::Probe& probe,
                    Finding found,
                    std::uint16_t status) {
    const bool unseen = found.presence == Presence::Gone || found.presence == Presence::NotVisible;
    if (unseen && !look.handle_confirmed && asks_by_name(probe)) {
        found.presence = Presence::Unknown;  // nobody may be known there by that name
    }
    // Who is asked twice on purpose was to fetch the row anew the first time. If it is not known to have
    // tried, the second answer may be of a row that is there.
    if (found.presence == Presence::Gone && probe.imports && look.misheard) {
        found = {Presence::Unknown, true, false, true};
    }
    look.misheard = look.misheard || (probe.imports && !found.heard);
    look.looks.push_back(records::NoticeLook{number, ports_.clock.now(), probe.name, found.presence, status});
    ++look.probe;
    if (found.presence == Presence::Unknown && !found.passing) {
        if (found.unread) {
            look.findings.push_back(found);
        }
        return;  // the next probe may know
    }
    look.findings.push_back(found);
    if (found.presence == Presence::Present && look.tells_anew && !is_gone_at_origin(look)) {
        look.came_back = true;
        return;
    }
    next_place(look);
    look.finished = found.presence == Presence::Present || found.passing || look.place == look.places.size();
}

void Looker::take_in_return(records::NoticeNumber number, Look& look, const RemoteResponse& response) {
    const auto now = ports_.clock.now();
    if (cannot_say(response) && ++look.asked_origin < kMostOriginAsks) {
        look.due = now + kAskOriginAgain;
        return;
    }
    look.unsure = cannot_say(response);                  // no answer: it may be gone there or not
    look.served = !look.unsure && !says_gone(response);  // told by mistake it would delete for good
    look.looks.push_back(records::NoticeLook{
        number, now, "origin", Presence::Unknown, static_cast<std::uint16_t>(response.status)});
    look.finished = true;
}

void Looker::take_in_origin(records::NoticeNumber number, Look& look, const RemoteResponse& response) {
    const auto now = ports_.clock.now();
    if (says_gone(response)) {
        gone_until_[hash_at_origin(look.places[look.place])] = now + options_.origin_kept;
        look.due = now;
        return;
    }
    look.looks.push_back(records::NoticeLook{
        number, now, "origin", Presence::Unknown, static_cast<std::uint16_t>(response.status)});
    look.findings.push_back({Presence::Unknown, true, false});
    look.finished = true;
}

void Looker::take_in(records::NoticeNumber number, const RemoteResponse& response) {
    const auto found = looks_.find(number);
    if (found == looks_.end() || found->second.due) {
        return;
    }
    auto& look = found->second;
    const auto now = ports_.clock.now();
    look.due = now + options_.pause;
    if (look.question == Question::Origin) {
        look.came_back ? take_in_return(number, look, response) : take_in_origin(number, look, response);
        return;
    }
    if (const auto rest = fediverse::rest_until(response.status, response.headers, now)) {
        look.rest = *rest;
        // Where a redirect led cannot send us away from here, and what was answered does not stop a Delete.
        const bool own = response.url.text().empty() || response.url.host() == look.host;
        if (own && response.status >= 400) {
            changes_.push_back(resting_until(look.host, *rest));
        } else {
            auto& next = spaced_[look.host];
            next = std::max(next, *rest);
        }
    }
    if (look.question == Question::Robots) {
        if (robots_.size() >= kMostHosts) {
            robots_.clear();
        }
        robots_[look.host] = {now + options_.robots_kept,
                              fediverse::Robots::of(response.status, response.body, options_.agent)};
        return;
    }
    take_in_probe(number, look, response);
}

// ---- writing down

Result<Instant> Looker::next_call() const {
    const auto soonest = ports_.clock.now() + kSoonest;
    auto again = *sweep_at_;
    for (const auto& [number, look] : looks_) {
        const auto due = look.finished ? look.held : look.due;
        again = due ? std::min(again, *due) : again;
    }
    if (looks_.size() >= options_.max_looks) {
        return std::max(again, soonest);
    }
    NoticeFilter filter;
    filter.look_at = again;
    filter.not_to.assign(busy_.begin(), busy_.end());
    filter.limit = kComing;
    const auto coming = whole_notices(filter);
    if (!coming) {
        return fail(coming);
    }
    for (const auto& notice : *coming) {
        if (busy_.count(notice.recipient) == 0 && notice.next_look_at) {
            again = std::min(again, *notice.next_look_at);
        }
    }
    return std::max(again, soonest);
}

Result<void> Looker::tell_directory() {
    auto told = changes_.empty() ? Result<void>{} : update_sound(ports_.directory, changes_);
    if (may_go_on(told)) {
        changes_.clear();
    }
    return told;
}

Result<void> Looker::ask_due() {
    std::vector<records::NoticeNumber> due;
    std::vector<Host> hosts;
    for (const auto& [number, look] : looks_) {
        if (look.due && *look.due <= ports_.clock.now() && !look.finished) {
            due.push_back(number);
            hosts.push_back(look.host);
        }
    }
    const auto entries = each_entry(ports_.directory, hosts);
    if (!entries) {
        return fail(entries);
    }
    Walk walk;
    for (std::size_t i = 0; i < due.size(); ++i) {
        const auto& entry = (*entries)[i];
        auto& look = looks_.at(due[i]);
        if (entry && (look.came_back || !rests(look, *entry))) {
            advance(due[i], look);
        }
        if (!entry) {
            forget(due[i]);  // it is due again, and put off where looks are chosen
        }
        if (auto passed = entry ? Result<void>{} : walk.pass(fail(entry)); !passed) {
            return passed;
        }
    }
    return walk.damage();
}

/// What a server asked for is kept before anybody is asked again.
Result<std::optional<Instant>> Looker::step() {
    for (const auto& [number, response] : arrivals_.take()) {
        take_in(number, response);
    }
    Result<void> done;
    for (const auto work :
         {&Looker::tell_directory, &Looker::sweep, &Looker::draw, &Looker::ask_due, &Looker::finish}) {
        done = worse_of(done, (this->*work)());
        if (!may_go_on(done)) {
            return fail(done);
        }
    }
    done = worse_of(done, std::exchange(counts_, {}).damage());
    if (spaced_.size() > kMostHosts) {
        spaced_.clear();
    }
    if (gone_until_.size() > kMostHosts) {
        gone_until_.clear();
    }
    figures_.under_way = looks_.size();
    if (!done) {
        return fail(done);
    }
    const auto again = next_call();
    return again ? Result<std::optional<Instant>>{*again} : Result<std::optional<Instant>>{fail(again)};
}

/// They name probes by their place in the list.
void Looker::start_over() {
    for (const auto& [number, response] : arrivals_.take()) {
        take_in(number, response);
    }
    arrivals_.forget();
    const auto soonest = ports_.clock.now() + options_.pause;
    for (auto look = looks_.begin(); look != looks_.end();) {
        if (look->second.finished) {
            ++look;
            continue;
        }
        auto& next = spaced_[look->second.host];  // it was asked a moment ago
        next = std::max(next, soonest);
        busy_.erase(look->second.host);
        look = looks_.erase(look);
    }
}

LookerFigures Looker::figures() const {
    return figures_;
}

}  // namespace fedtrail::erasure
