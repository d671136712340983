/// When recipients are asked again, in memory, as strict as the port says.

#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "fedtrail/ports/refresh_book.hpp"

namespace fedtrail::testing {

class FakeRefreshBook final : public RefreshBook {
public:
    /// The next `n` writes fail as a store that is away does.
    int failures = 0;

    Result<void> add(std::span<const Host> hosts, Instant due) override {
        const std::scoped_lock lock{mutex_};
        for (const auto& host : hosts) {
            states_.try_emplace(host, fresh(host, due));
        }
        return {};
    }
    Result<void> call_for(std::span<const Host> hosts, Instant due) override {
        const std::scoped_lock lock{mutex_};
        for (const auto& host : hosts) {
            states_.try_emplace(host, fresh(host, due)).first->second.due = due;
        }
        return {};
    }
    Result<std::vector<RefreshState>> claim(Instant now, Instant lease, std::size_t limit) override {
        const std::scoped_lock lock{mutex_};
        std::vector<std::pair<Instant, Host>> due;
        for (const auto& [host, state] : states_) {
            if (state.due <= now) {
                due.emplace_back(state.due, host);
            }
        }
        std::sort(due.begin(), due.end());
        due.resize(std::min(due.size(), limit));
        std::vector<RefreshState> claimed;
        for (const auto& [at, host] : due) {
            auto& state = states_.at(host);
            state.due = lease;
            claimed.push_back(state);
        }
        return claimed;
    }
    Result<void> put(std::span<const RefreshState> states) override {
        const std::scoped_lock lock{mutex_};
        if (failures > 0) {
            --failures;
            return fail(ErrorKind::Unavailable, "the fake refresh book was told to fail");
        }
        for (const auto& state : states) {
            states_.insert_or_assign(state.host, state);
        }
        return {};
    }
    Result<std::optional<Instant>> next_due() const override {
        const std::scoped_lock lock{mutex_};
        std::optional<Instant> next;
        for (const auto& [host, state] : states_) {
            next = next ? std::min(*next, state.due) : state.due;
        }
        return next;
    }
    Result<RefreshTotals> totals(Instant now) const override {
        const std::scoped_lock lock{mutex_};
        RefreshTotals totals;
        for (const auto& [host, state] : states_) {
            ++totals.hosts;
            totals.due += state.due <= now ? 1 : 0;
            totals.failing += state.failures > 0 ? 1 : 0;
        }
        return totals;
    }

    [[nodiscard]] RefreshState state(const Host& host) const {
        const std::scoped_lock lock{mutex_};
        return states_.at(host);
    }

private:
    static RefreshState fresh(const Host& host, Instant due) {
        RefreshState state;
        state.host = host;
        state.due = due;
        return state;
    }

    mutable std::mutex mutex_;
    std::map<Host, RefreshState> states_;
};

}  // namespace fedtrail::testing
