#include "api/repeats.hpp"

#include "api/answers.hpp"

namespace fedtrail::api {

namespace {

constexpr std::size_t kMost = 4096;
constexpr std::size_t kMostOctets = std::size_t{16} << 20U;  // the receipt of a batch of bad lines is long
constexpr std::chrono::hours kLongest{24};

/// Whether the same request may be answered otherwise the next time; 409: somebody else was faster.
bool says_again(int status) {
    return status >= 500 || status == 429 || status == 409;
}

}  // namespace

HttpResponse Repeats::once(
    const std::string& who, const std::string& key, const std::string& body, Instant now, const Act& act) {
    const auto name = who + " " + key;
    const auto hash = std::hash<std::string>{}(body);
    {
        const std::lock_guard held{guard_};
        forget_old(now);
        const auto found = kept_.find(name);
        if (found != kept_.end() && found->second.body != hash) {
            return problem(422,
                           "Key used before",
                           "this Idempotency-Key came with another body before",
                           "Take a new key for a new request.");
        }
        if (found != kept_.end()) {
            return found->second.running
                       ? problem(
                             409, "Still running", "the request with this Idempotency-Key is still running")
                       : found->second.answer;
        }
        kept_.emplace(name, Kept{hash, now, true, false, {}});
    }
    try {
        auto answer = act();
        if (says_again(answer.status)) {
            forget(name);
        } else {
            keep(name, answer);
        }
        return answer;
    } catch (...) {  // it runs no more
        forget(name);
        throw;
    }
}

void Repeats::forget_after(std::uint64_t times) {
    const std::lock_guard held{guard_};
    if (times == forgotten_) {
        return;
    }
    forgotten_ = times;
    for (const auto& name : ages_) {
        kept_.erase(name);
    }
    ages_.clear();
    octets_ = 0;
    for (auto& [name, running] : kept_) {  // they stay, or a repetition would run beside them
        running.outdated = true;
    }
}

void Repeats::keep(const std::string& name, const HttpResponse& answer) {
    const std::lock_guard held{guard_};
    auto& kept = kept_.at(name);
    if (kept.outdated) {
        kept_.erase(name);
        return;
    }
    kept.answer = answer;
    ages_.push_back(name);
    kept.running = false;
    octets_ += answer.body.size();
}

void Repeats::forget(const std::string& name) {
    const std::lock_guard held{guard_};
    kept_.erase(name);
}

void Repeats::forget_old(Instant now) {
    while (!ages_.empty()) {
        const auto oldest = kept_.find(ages_.front());
        if (ages_.size() < kMost && octets_ <= kMostOctets && now - oldest->second.at < kLongest) {
            return;
        }
        octets_ -= oldest->second.answer.body.size();
        kept_.erase(oldest);
        ages_.pop_front();
    }
}

}  // namespace fedtrail::api
