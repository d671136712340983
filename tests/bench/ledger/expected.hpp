/// What a ledger must answer after a stream, worked out from the stream alone, without any of the ledger's
/// code.

#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/privacy/disclosure.hpp"

#include "bench/ledger/workload.hpp"

namespace fedtrail::bench {

struct ExpectedPair {
    std::int64_t first{};
    std::int64_t last{};
    std::uint64_t disclosures{};
    std::uint64_t objects{};
    privacy::ChannelSet channels;
    fediverse::CategorySet categories;
    privacy::Evidence strongest{privacy::Evidence::Intended};
};

/// One attempt with an object, whatever came of it.
struct ExpectedAttempt {
    std::int64_t at{};
    std::uint32_t server{};
    privacy::Channel channel{privacy::Channel::Push};
    privacy::Outcome outcome;
};

struct ObjectName {
    std::uint32_t user{};
    std::uint32_t object{};
    friend auto operator<=>(const ObjectName&, const ObjectName&) = default;
};

class Expected {
public:
    /// Adds up the pairs of `users` and keeps the attempts of `objects`; nothing else is kept.
    Expected(std::vector<std::uint32_t> users, std::vector<ObjectName> objects);

    void add(const Attempt& attempt, const Activity& activity);

    /// By server.
    [[nodiscard]] std::map<std::uint32_t, ExpectedPair> pairs_of(std::uint32_t user) const;
    /// The strongest evidence by server, of those that hold or possibly hold the object.
    [[nodiscard]] std::map<std::uint32_t, privacy::Evidence> holders_of(const ObjectName& object) const;
    /// In the order of the stream.
    [[nodiscard]] const std::vector<ExpectedAttempt>& attempts_of(const ObjectName& object) const;
    [[nodiscard]] const std::vector<std::uint32_t>& users() const { return users_; }
    [[nodiscard]] const std::vector<ObjectName>& objects() const { return objects_; }

private:
    struct Pair {
        ExpectedPair sum;
        std::vector<std::uint64_t> seen;  ///< One bit for each object.
    };

    std::vector<std::uint32_t> users_;
    std::vector<ObjectName> objects_;
    std::unordered_map<std::uint32_t, std::unordered_map<std::uint32_t, Pair>> pairs_;
    std::unordered_map<std::uint64_t, std::vector<ExpectedAttempt>> attempts_;
};

/// `count` users: the three with most activities, the median one, the rest drawn.
[[nodiscard]] std::vector<std::uint32_t> sampled_users(const Workload& workload, std::uint32_t count);
/// `count` objects drawn over all activities that make one.
[[nodiscard]] std::vector<ObjectName> sampled_objects(const Workload& workload, std::uint32_t count);

}  // namespace fedtrail::bench
