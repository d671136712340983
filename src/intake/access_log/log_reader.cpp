#include "intake/access_log/log_reader.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace fedtrail::intake::access_log {

namespace {

using fediverse::FetcherKind;
using Outcome = LogReader::Outcome;

Form form_of(std::string_view line) {
    return line.starts_with('{') ? Form::Json : Form::Combined;
}

constexpr std::int64_t kDay = 86'400;
constexpr std::size_t kAgentsKept = 5'000;

records::Observation observation_of(
    const AccessLine& line, bool signs, const Host& fetcher, privacy::OutcomeKind kind, const Fetched& got) {
    records::Observation seen;
    seen.at = line.at;
    seen.channel = signs ? privacy::Channel::SignedPull : privacy::Channel::AnonymousPull;
    seen.recipient = fetcher;
    seen.outcome = {kind, line.status};
    // No id: the ledger files it under what was pushed of the same object.
    seen.activity.object = got.object;
    seen.activity.shares.push_back({got.person.actor, {}, got.categories});
    return seen;
}

bool gave(std::uint16_t status) {
    return status == 200 || status == 203 || status == 206;
}

}  // namespace

std::uint64_t LineCounts::all_unnamed() const {
    return std::accumulate(unnamed.begin(), unnamed.end(), std::uint64_t{0});
}

void LineCounts::add(const LineCounts& more) {
    lines += more.lines;
    rejected += more.rejected;
    signed_pulls += more.signed_pulls;
    named_pulls += more.named_pulls;
    for (std::size_t i = 0; i < unnamed.size(); ++i) {
        unnamed.at(i) += more.unnamed.at(i);
    }
    refused += more.refused;
    without_body += more.without_body;
    over_limit += more.over_limit;
}

LogReader::LogReader(People& people, const fediverse::FetcherWords& words, Options options)
    : people_(people), words_(words), options_(std::move(options)) {}

LogReader::Caller LogReader::caller_of(const AccessLine& line) {
    if (auto host = fediverse::signing_host(line.signature, line.signature_input)) {
        return Caller{true, FetcherKind::Server, std::move(*host)};
    }
    const bool wants = fediverse::wants_activity(line.accept);
    if (agents_.size() >= kAgentsKept) {
        agents_.clear();
    }
    const auto [known, fresh] = agents_.try_emplace(line.agent + (wants ? "+" : "-"));
    if (fresh) {
        known->second = words_.fetcher_of(line.agent, wants);
    }
    return Caller{false, known->second.kind, known->second.host};
}

bool LogReader::within_limits(const AccessLine& line, const Caller& caller, const Fetched& got) {
    if (const auto day = to_unix_seconds(line.at) / kDay; day != day_) {
        day_ = day;
        hosts_.clear();
        objects_.clear();
    }
    if (hosts_.count(caller.host.text()) == 0) {
        if (hosts_.size() >= options_.hosts_a_day) {
            return false;
        }
        hosts_.insert(caller.host.text());
    }
    if (got.known) {
        return true;
    }
    const auto object = std::hash<std::string>{}(got.object.reveal());
    if (objects_.count(object) == 0 && objects_.size() >= options_.objects_a_day) {
        return false;
    }
    objects_.insert(object);
    return true;
}

Result<Outcome> LogReader::given(const AccessLine& line, const Host& host) {
    const auto caller = caller_of(line);
    if (!caller.host.empty() && people_.local_host(caller.host.text())) {
        return Outcome{Nothing{}};  // the origin asks itself
    }
    const auto given_up = people_.given_up();
    const auto got = fetched(people_,
                             Asked{host,
                                   line.target.reveal(),
                                   caller.signs || fediverse::wants_activity(line.accept),
                                   !caller.host.empty()});
    if (!got) {
        return fail(got);
    }
    if (!*got) {
        counts_.over_limit += people_.given_up() - given_up;
        return Outcome{Nothing{}};
    }
    if (line.method == "HEAD" || !gave(line.status)) {
        ++counts_.without_body;
        return Outcome{Nothing{}};
    }
    if (caller.host.empty()) {
        ++counts_.unnamed.at(static_cast<std::size_t>(caller.kind));
        return Outcome{Nothing{}};
    }
    if (!within_limits(line, caller, **got)) {
        ++counts_.over_limit;
        return Outcome{Nothing{}};
    }
    ++(caller.signs ? counts_.signed_pulls : counts_.named_pulls);
    return Outcome{observation_of(line, caller.signs, caller.host, privacy::OutcomeKind::Fetched, **got)};
}

/// Whoever asks, and signs, for what is gone has a trace of it. It is no disclosure.
Result<Outcome> LogReader::refused(const AccessLine& line, const Host& host) {
    const auto caller = caller_of(line);
    if (!options_.watched || !caller.signs || people_.local_host(caller.host.text())) {
        return Outcome{Nothing{}};
    }
    auto names = names_of(host, line.target.reveal());
    auto got = fetched(people_, Asked{host, line.target.reveal(), true, true});
    if (!got) {
        return fail(got);
    }
    if (!*got) {
        return Outcome{Nothing{}};
    }
    names.push_back((*got)->object.reveal());
    names.push_back((*got)->person.actor.reveal());
    const auto erased = std::find_if(names.begin(), names.end(), options_.watched);
    if (erased == names.end()) {
        return Outcome{Nothing{}};
    }
    (*got)->object = Personal<std::string>{*erased};
    ++counts_.refused;
    return Outcome{observation_of(line, true, caller.host, privacy::OutcomeKind::RefusedBeforeBody, **got)};
}

Result<Outcome> LogReader::judge(const AccessLine& line) {
    const bool asks = line.method == "GET" || line.method == "HEAD";
    const auto host =
        line.host.empty() ? people_.local_host(people_.first_host().text()) : people_.local_host(line.host);
    if (!asks || !host) {
        return Outcome{Nothing{}};
    }
    if (gave(line.status) || line.status == 304) {
        return given(line, *host);
    }
    return line.status == 404 || line.status == 410 ? refused(line, *host) : Outcome{Nothing{}};
}

Result<Outcome> LogReader::take(std::string_view line) {
    const auto parsed = parse_line(options_.form.value_or(form_of(line)), line);
    if (!parsed) {
        ++counts_.lines;
        ++counts_.rejected;
        return Outcome{Rejected{parsed.error()}};
    }
    auto outcome = *parsed ? judge(**parsed) : Result<Outcome>{Outcome{Nothing{}}};
    counts_.lines += outcome ? 1 : 0;
    return outcome;
}

}  // namespace fedtrail::intake::access_log
