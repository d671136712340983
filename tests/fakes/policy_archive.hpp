/// The policy texts of recipients in memory, as strict as the port says.

#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fedtrail/ports/policy_archive.hpp"

namespace fedtrail::testing {

class FakePolicyArchive final : public PolicyArchive {
public:
    std::set<Host> damaged;  ///< Of whom nothing can be kept.

    Result<std::vector<records::PolicyVersion>> versions(const Host& host) const override {
        const std::scoped_lock lock{mutex_};
        std::vector<records::PolicyVersion> found;
        for (const auto& [place, kept] : texts_) {
            if (std::get<0>(place) == host) {
                found.push_back(kept.version);
            }
        }
        return found;
    }
    Result<Personal<std::string>> text(const records::PolicyVersion& version) const override {
        const std::scoped_lock lock{mutex_};
        const auto found = texts_.find({version.host, version.kind, version.number});
        return found == texts_.end() ? fail(ErrorKind::NotFound, "this version of the policy is not kept")
                                     : Result<Personal<std::string>>{found->second.text};
    }
    Result<std::vector<PolicyKept>> keep(std::span<const ReadPolicy> texts) override {
        const std::scoped_lock lock{mutex_};
        std::vector<PolicyKept> kept;
        for (const auto& text : texts) {
            if (damaged.count(text.host) != 0) {
                return fail(ErrorKind::Corrupt, "the fake archive has a host that is damaged");
            }
        }
        for (const auto& text : texts) {
            kept.push_back(keep_one(text));
        }
        return kept;
    }

private:
    using Place = std::tuple<Host, records::PolicyKind, std::uint32_t>;
    struct Kept {
        records::PolicyVersion version;
        Personal<std::string> text;
    };
    static constexpr std::uint32_t kMost = 50;

    PolicyKept keep_one(const ReadPolicy& read) {
        auto& last = last_[{read.host, read.kind}];
        const auto known = texts_.find({read.host, read.kind, last});
        if (read.unchanged && known == texts_.end()) {
            return PolicyKept::Unchanged;
        }
        if (known != texts_.end() && (read.unchanged || (known->second.version.sha256 == read.sha256 &&
                                                         known->second.version.cut == read.cut))) {
            auto& version = known->second.version;
            version.last_seen = std::max(version.last_seen, read.at);
            version.url = read.unchanged ? version.url : read.url;
            version.language = read.unchanged ? version.language : read.language;
            return PolicyKept::Unchanged;
        }
        ++last;
        texts_[{read.host, read.kind, last}] = {{read.host,
                                                 read.kind,
                                                 last,
                                                 read.url,
                                                 read.language,
                                                 read.at,
                                                 read.at,
                                                 read.sha256,
                                                 read.text.reveal().size(),
                                                 read.cut},
                                                read.text};
        if (last > kMost) {
            texts_.erase({read.host, read.kind, last - kMost + 1});
        }
        return last == 1 ? PolicyKept::First : PolicyKept::Changed;
    }

    mutable std::mutex mutex_;
    std::map<std::pair<Host, records::PolicyKind>, std::uint32_t> last_;
    std::map<Place, Kept> texts_;
};

}  // namespace fedtrail::testing
