#include "erasure/escalation_policy.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "erasure/letter_sent.hpp"
#include "erasure/taken.hpp"
#include "fediverse/policy_json.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::NoticeState;
using fediverse::PolicyFault;
using Json = nlohmann::json;

constexpr std::array<std::pair<std::string_view, RungAct>, 2> kActs{
    {{"letter", RungAct::Letter}, {"decide", RungAct::Decide}}};

Rung rung_of(const Json& row) {
    Rung rung;
    rung.name = row.at("name").get<std::string>();
    for (const auto& name : row.at("states")) {
        const auto state = fediverse::notice_state_named(name.get<std::string>());
        if (!state) {
            throw PolicyFault{"no notice can be \"" + name.get<std::string>() + "\""};
        }
        rung.states.push_back(*state);
    }
    rung.after = row.value("after", std::vector<std::string>{});
    rung.after_days = std::chrono::days{row.at("after_days").get<int>()};
    rung.act = fediverse::named_in(kActs, row.at("act").get<std::string>(), "act");
    rung.needs_contact = row.value("needs_contact", false);
    rung.text = row.value("text", "");
    rung.removal_text = row.value("removal_text", "");
    rung.advice = row.value("advice", "");
    if (rung.act == RungAct::Letter && rung.text.empty()) {
        throw PolicyFault{"a letter needs a \"text\""};
    }
    return rung;
}

template <typename List, typename Value>
bool lists(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

/// The origin's own Delete of which nobody knows what came makes nobody refuse, or be out of reach.
std::optional<Instant> last_attempt(const NoticeHistory& history) {
    const auto& attempts = history.attempts;
    const auto last = std::find_if(attempts.rbegin(), attempts.rend(), [](const auto& attempt) {
        return attempt.scheme != kByOrigin || attempt.result != records::AttemptResult::Sent;
    });
    return last == attempts.rend() ? std::nullopt : std::optional{last->at};
}

/// Since when a notice is as it is, as far as the evidence tells.
std::optional<Instant> since(const records::Notice& notice, const NoticeHistory& history, Instant received) {
    if (notice.state == NoticeState::StillPresent) {
        const auto seen = seen_present(history);
        return seen ? std::optional{seen->first} : notice.acknowledged_at;
    }
    const bool unreachable = notice.state == NoticeState::Unreachable;
    const auto tried =
        unreachable || notice.state == NoticeState::Refused ? last_attempt(history) : std::nullopt;
    const auto known = tried ? tried : notice.acknowledged_at;
    return known || !unreachable ? known : received;
}

}  // namespace

std::optional<Instant> letter_at(const NoticeHistory& history, const std::vector<std::string>& rungs) {
    std::optional<Instant> at;
    for (const auto& letter : history.letters) {
        if (letter.handed_over && lists(rungs, letter.rung)) {
            at = letter.at;
        }
    }
    return at;
}

std::optional<SeenPresent> seen_present(const NoticeHistory& history) {
    std::optional<SeenPresent> seen;
    for (const auto& look : history.looks) {
        if (look.presence == fediverse::Presence::Present) {
            seen = SeenPresent{seen ? seen->first : look.at, look.at};
        } else if (look.presence != fediverse::Presence::Unknown) {
            seen.reset();
        }
    }
    return seen;
}

Result<EscalationPolicy> EscalationPolicy::parse(std::string_view json) {
    EscalationPolicy policy;
    const auto known = [&](const std::string& name) {
        return std::any_of(policy.rungs_.begin(), policy.rungs_.end(), [&](const Rung& rung) {
            return rung.name == name && rung.act == RungAct::Letter;
        });
    };
    const auto read = fediverse::read_policy(json, "fedtrail/escalation/1", "rungs", [&](const Json& row) {
        auto rung = rung_of(row);
        if (!std::all_of(rung.after.begin(), rung.after.end(), known)) {
            throw PolicyFault{"\"after\" names what is no letter before it"};
        }
        std::copy_if(rung.states.begin(),
                     rung.states.end(),
                     std::back_inserter(policy.states_),
                     [&](NoticeState state) { return !lists(policy.states_, state); });
        policy.rungs_.push_back(std::move(rung));
    });
    if (!read) {
        return fail(read);
    }
    return policy;
}

const Rung* EscalationPolicy::due(const records::Notice& notice,
                                  const NoticeHistory& history,
                                  bool has_contact,
                                  Instant received,
                                  Instant now) const {
    for (const auto& rung : rungs_) {
        // One waits to be sent: no other before it, and no days of it.
        const bool written = rung.act == RungAct::Letter &&
                             (waiting_letter(history) != nullptr || letter_at(history, {rung.name}));
        if (!lists(rung.states, notice.state) || written || (rung.needs_contact && !has_contact)) {
            continue;
        }
        const auto start =
            rung.after.empty() ? since(notice, history, received) : letter_at(history, rung.after);
        if (start && *start + rung.after_days <= now) {
            return &rung;
        }
    }
    return nullptr;
}

}  // namespace fedtrail::erasure
