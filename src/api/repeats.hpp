/// Idempotency-Key: the second request with a key gets the first one's answer.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "fedtrail/core/time.hpp"
#include "fedtrail/ports/http_server.hpp"

namespace fedtrail::api {

/// In memory, bounded in number, octets and age. Thread-safe.
class Repeats {
public:
    using Act = std::function<HttpResponse()>;

    /// The kept answer for (`who`, `key`), or `act`'s, which is kept unless it says to come again later (5xx,
    /// 429, 409), or throws. The same key with another `body` gets 422; while the first is still running,
    /// 409.
    [[nodiscard]] HttpResponse once(
        const std::string& who, const std::string& key, const std::string& body, Instant now, const Act& act);

    /// Drops every answer if `times` is not what it was: somebody was forgotten since, and an answer may say
    /// what was known of them. The answer of what runs at this moment is not kept either.
    void forget_after(std::uint64_t times);

private:
    struct Kept {
        std::size_t body{};  ///< Hash.
        Instant at{};
        bool running{true};
        bool outdated{};  ///< Somebody was forgotten while it ran.
        HttpResponse answer;
    };
    void forget_old(Instant now);
    void keep(const std::string& name, const HttpResponse& answer);
    void forget(const std::string& name);

    std::mutex guard_;
    std::unordered_map<std::string, Kept> kept_;
    std::list<std::string> ages_;  ///< Of the answers kept, oldest first; what runs is none.
    std::uint64_t forgotten_{};    ///< As forget_after() was told last.
    std::size_t octets_{};         ///< Of the bodies of all answers kept.
};

}  // namespace fedtrail::api
