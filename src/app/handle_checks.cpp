#include "app/handle_checks.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "fedtrail/core/handle.hpp"

#include "app/erasure_options.hpp"
#include "app/remote_answer.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "backends/curl/curl_http.hpp"
#include "backends/openssl/certificate_facts.hpp"
#include "erasure/handle_question.hpp"

namespace fedtrail::app {

namespace {

using erasure::HandleVerdict;

constexpr const char* kName = "handles";

struct Asked {
    Host actors;   ///< The host that was asked.
    Host handles;  ///< The one in the handle that it named.
    HandleVerdict verdict{HandleVerdict::Unanswered};
    RemoteResponse last;  ///< Without its body.
};

Asked ask_for(const SubjectIdentity& person, const HandleAskPorts& ports, const HandleAskLimits& limits) {
    auto actor = Uri::parse(person.actor.reveal());
    if (!actor) {
        return {};
    }
    Asked asked{actor->host(), {}, {}, {}};
    const auto handle = Handle::parse(person.handle.reveal());
    erasure::HandleQuestion question{*actor, handle ? handle->name : std::string{}};
    while (question.url()) {
        asked.last = answer_to(
            erasure::web_finger_request(*question.url(), limits.user_agent, limits.timeout), ports.http);
        question.take(asked.last, ports.clock.now());
        asked.last.body.clear();
    }
    asked.verdict = question.verdict();
    const auto named = Handle::parse(question.handle());
    asked.handles = named ? named->host : Host{};
    return asked;
}

/// Some whose actors are at a host of this origin: those known longest, who are the likeliest to be there.
Result<std::vector<SubjectIdentity>> people_of(const OriginConfig& origin,
                                               const SubjectVault& vault,
                                               const HandleAskLimits& limits) {
    const auto numbers = vault.list(privacy::SubjectNumber{0}, limits.looked_through);
    if (!numbers) {
        return fail(numbers);
    }
    std::vector<SubjectIdentity> people;
    for (const auto number : *numbers) {
        auto person = vault.identity(number);
        if (!person && person.error().kind == ErrorKind::Unavailable) {
            return fail(person);  // who was shredded meanwhile, or is damaged, is passed over: "vault" tells
        }
        const auto actor = Uri::parse(person ? person->actor.reveal() : std::string{});
        const auto& aliases = origin.aliases;
        if (actor && (actor->host() == origin.host ||
                      std::find(aliases.begin(), aliases.end(), actor->host()) != aliases.end())) {
            people.push_back(std::move(*person));
        }
        if (people.size() == limits.asked_for) {
            break;
        }
    }
    return people;
}

Check warned(std::string finding, std::string remedy) {
    return {kName, Verdict::Warn, std::move(finding), std::move(remedy)};
}

/// The setting as it should be.
std::string remedy_for(const OriginConfig& origin, const Host& handles) {
    auto aliases = origin.aliases;
    aliases.erase(std::remove(aliases.begin(), aliases.end(), handles), aliases.end());
    aliases.push_back(origin.host);
    std::string list;
    for (const auto& alias : aliases) {
        list += (list.empty() ? "\"" : ", \"") + alias.text() + "\"";
    }
    return "In this [[origin]] set host = \"" + handles.text() + "\" and aliases = [" + list + "].";
}

std::string what_came(const RemoteResponse& last) {
    return last.fault == RemoteFault::None ? "it answers " + std::to_string(last.status)
                                           : std::string{name_of(last.fault)};
}

Check told(const OriginConfig& origin, const Asked& asked) {
    const auto& host = asked.actors.text();
    const auto page = "https://" + host + "/.well-known/webfinger";
    const auto& handles = asked.handles.text();
    switch (asked.verdict) {
        case HandleVerdict::Confirmed:
            return asked.handles == origin.host
                       ? Check{kName,
                               Verdict::Ok,
                               "those of " + host + " end in @" + handles + ", as configured",
                               ""}
                       : warned("those of " + host + " end in @" + handles + ", not in @" +
                                    origin.host.text() + ": other servers know its people by the former",
                                remedy_for(origin, asked.handles));
        case HandleVerdict::Contested:
            return warned(
                page + " names @" + handles + ", and the WebFinger of " + handles + " does not say the same",
                "Let https://" + handles + "/.well-known/webfinger redirect to " + page +
                    ": until then no look at other servers says that a copy is gone.");
        case HandleVerdict::NotNamed:
            return warned(
                page + " names nobody whom it was asked for (" + what_came(asked.last) + ")",
                "Let it answer for accounts at host and aliases of this [[origin]], or correct those: until "
                "then no look at other servers says that a copy is gone.");
        case HandleVerdict::Unanswered:
            break;
    }
    return warned(
        page + " could not be asked (" + what_came(asked.last) + ")",
        "See that this machine reaches it as others do; proxy.resolve and proxy.allow_addresses are for a "
        "server on a private address.");
}

}  // namespace

Result<Check> check_handles_of(const OriginConfig& origin,
                               const HandleAskPorts& ports,
                               const HandleAskLimits& limits) {
    const auto people = people_of(origin, ports.vault, limits);
    if (!people) {
        return fail(people);
    }
    if (people->empty()) {
        return Check{
            kName, Verdict::Ok, "nobody of " + origin.host.text() + " is known yet: not checked", ""};
    }
    Asked asked;
    for (const auto& person : *people) {
        asked = ask_for(person, ports, limits);
        if (asked.verdict != HandleVerdict::NotNamed) {  // else: the account may be gone
            break;
        }
    }
    return told(origin, asked);
}

void check_handles(const Session& session, const Config& config, std::vector<Check>& out) {
    const auto room = open_reading_room(config, session.environment);
    if (!room) {
        return;  // said already
    }
    const auto& own = config.proxy.extra_ca;
    if (!own.empty() && !openssl::authorities_in(own)) {
        return;  // the check "trust" says it
    }
    auto options = curl_options(config);
    const HandleAskLimits limits{options.user_agent};
    options.connect_timeout = std::min(options.connect_timeout, limits.timeout);
    const auto http = curl::CurlHttp::open(std::move(options));
    if (!http) {
        out.push_back({kName, Verdict::Fail, http.error().what, http.error().remedy});
        return;
    }
    const SystemClock clock;
    for (const auto& origin : config.origins) {
        auto check = check_handles_of(origin, {*room->vault, **http, clock}, limits);
        out.push_back(check ? std::move(*check)
                            : Check{kName, Verdict::Fail, check.error().what, check.error().remedy});
    }
}

}  // namespace fedtrail::app
