/// A directory of recipients in memory.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fedtrail/ports/recipient_directory.hpp"

namespace fedtrail::testing {

class FakeRecipientDirectory final : public RecipientDirectory {
public:
    Result<RecipientEntry> entry(const Host& host) const override {
        const std::scoped_lock lock{mutex_};
        if (damaged.count(host) != 0) {
            return fail(ErrorKind::Corrupt, "the fake directory has a host that is damaged");
        }
        return known(host);
    }
    Result<std::vector<RecipientEntry>> entries(std::span<const Host> hosts) const override {
        const std::scoped_lock lock{mutex_};
        ++asked;
        std::vector<RecipientEntry> found;
        found.reserve(hosts.size());
        for (const auto& host : hosts) {
            if (damaged.count(host) != 0) {
                return fail(ErrorKind::Corrupt, "the fake directory has a host that is damaged");
            }
            found.push_back(known(host));
        }
        return found;
    }
    Result<std::map<std::string, SoftwareRecord>> by_software() const override {
        const std::scoped_lock lock{mutex_};
        std::map<std::string, SoftwareRecord> records;
        for (const auto& [host, entry] : entries_) {
            add(records, entry);
        }
        return records;
    }
    Result<std::shared_ptr<const privacy::JoinedHosts>> joined() const override {
        const std::scoped_lock lock{mutex_};
        ++joins_read;
        if (fails) {
            return fail(ErrorKind::Unavailable, "the fake directory was told to fail");
        }
        const auto made = std::make_shared<privacy::JoinedHosts>();
        for (const auto& [host, entry] : entries_) {
            if (damaged.count(host) == 0) {
                join(*made, entry);
            }
        }
        return std::shared_ptr<const privacy::JoinedHosts>{made};
    }
    std::uint64_t damaged_entries() const override { return damaged.size(); }
    /// Both servers say that they are one.
    void join_to(const Host& main, const Host& alias) {
        static_cast<void>(update(main, [&](RecipientEntry& entry) {
            entry.aliases.push_back({alias, "www"});
        }));
        static_cast<void>(update(alias, [&](RecipientEntry& entry) {
            entry.main = main;
            entry.aliases.push_back({main, "www"});
        }));
    }
    Result<void> update(const Host& host, const std::function<void(RecipientEntry&)>& change) override {
        const std::scoped_lock lock{mutex_};
        if (read_only) {
            return fail(ErrorKind::Unavailable, "the fake directory cannot be written");
        }
        if (damaged.count(host) != 0) {
            return fail(ErrorKind::Corrupt, "the fake directory has a host that is damaged");
        }
        auto entry = known(host);
        change(entry);
        entry.host = host;
        entries_.insert_or_assign(host, std::move(entry));
        return {};
    }

private:
    RecipientEntry known(const Host& host) const {
        const auto found = entries_.find(host);
        if (found != entries_.end()) {
            return found->second;
        }
        RecipientEntry nothing;
        nothing.host = host;
        return nothing;
    }

    mutable std::mutex mutex_;
    std::map<Host, RecipientEntry> entries_;

public:
    bool fails{};  ///< joined() does.
    bool read_only{};
    std::set<Host> damaged;  ///< Whose entries can be neither read nor changed.
    mutable int joins_read{};
    mutable int asked{};  ///< How often entries() was.
};

}  // namespace fedtrail::testing
