#include "erasure/delivery_rules.hpp"

#include <algorithm>
#include <array>

namespace fedtrail::erasure {

namespace {

using namespace std::chrono_literals;
using records::AttemptResult;

constexpr int kGoneStatus = 410;
constexpr std::array<std::chrono::minutes, 8> kPauses{1min, 5min, 20min, 1h, 3h, 6h, 12h, 24h};

Ruling rule_error(int status, bool second) {
    switch (status) {
        case 401:
            return second ? Ruling::TryAgain : Ruling::OtherScheme;
        case 403:
            return second ? Ruling::Declined : Ruling::OtherScheme;
        case 410:
            return Ruling::Refused;
        case 408:
        case 425:
        case 429:
        case 502:
        case 503:
        case 504:
            return Ruling::HostFailing;
        case 501:
        case 505:
            return Ruling::Declined;
        default:
            break;
    }
    if (status >= 520 && status <= 530) {
        return Ruling::HostFailing;  // what stands before the server cannot reach it
    }
    return status >= 400 && status < 500 ? Ruling::Declined : Ruling::TryAgain;
}

/// Whoever blocks the origin answers 403 as well (GoToSocial, internal/federation/federatingactor.go:
/// "blocked"), and 410 where it cannot read the key: such an answer alone proves nothing.
bool says_gone(int status, const Knock& knock) {
    return may_say_gone(status, knock) &&
           (knock.actor == ActorTaken::Yes || knock.actor == ActorTaken::OriginPerhaps ||
            (knock.took_some && (status == kGoneStatus || knock.actor == ActorTaken::Perhaps)));
}

/// splitmix64
std::uint64_t mixed(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

}  // namespace

Ruling rule(const RemoteResponse& response, const Knock& knock) {
    const auto status = response.status;
    if (status < 200) {
        return Ruling::HostFailing;
    }
    if (status < 300) {
        return Ruling::Accepted;
    }
    return says_gone(status, knock) ? Ruling::NothingThere : rule_error(status, knock.second);
}

bool may_say_gone(int status, const Knock& knock) {
    return knock.kind == fediverse::StepKind::DeleteActor &&
           std::find(knock.known_gone.begin(), knock.known_gone.end(), status) != knock.known_gone.end();
}

bool says_it_failed(int status) {
    return status >= 500 && rule_error(status, true) != Ruling::Declined;
}

AttemptResult attempt_result(const RemoteResponse& response) {
    if (response.status >= 200) {
        return AttemptResult::Answered;
    }
    if (response.left) {
        return AttemptResult::Sent;
    }
    const bool ours = response.fault == RemoteFault::Forbidden ||
                      response.fault == RemoteFault::BadCertificate ||
                      response.fault == RemoteFault::Recalled;
    return ours ? AttemptResult::Blocked : AttemptResult::Unreachable;
}

std::chrono::milliseconds pause_after(std::uint32_t attempts,
                                      std::uint64_t seed,
                                      const RetryOptions& options) {
    const auto index = std::min<std::size_t>(std::max(attempts, 1U) - 1, kPauses.size() - 1);
    const std::chrono::milliseconds pause = options.first * (kPauses.at(index) / kPauses.front());
    const auto permille = static_cast<std::int64_t>(800 + mixed(seed * 64 + attempts) % 401);
    return std::min<std::chrono::milliseconds>(pause * permille / 1'000, options.longest);
}

}  // namespace fedtrail::erasure
