#include "audit/policies_check.hpp"

#include <algorithm>

#include "fedtrail/core/utf8.hpp"

#include "audit/manifest.hpp"
#include "audit/zip_format.hpp"

namespace fedtrail::audit {

PoliciesCheck::PoliciesCheck(std::set<PolicyText> listed) : unsaid_(std::move(listed)) {
    for (const auto& [leaf, name, digest] : unsaid_) {
        listed_.emplace(name, digest);
    }
}

void PoliciesCheck::change(std::uint64_t leaf, Instant at, const records::PolicyChangeLeaf& change) {
    for (const auto& file : change.files) {
        unsaid_.erase({leaf, file.name, file.digest});
    }
    if (is_last_) {
        lacking_.back().until = at;
    }
    is_last_ = lacking_.size() < kMaxLacking && lacks(leaf, change);
    if (is_last_) {
        lacking_.push_back({leaf, at, std::nullopt});
    }
}

bool PoliciesCheck::lacks(std::uint64_t leaf, const records::PolicyChangeLeaf& change) const {
    return std::any_of(change.files.begin(), change.files.end(), [&](const records::PolicyFile& file) {
        const auto path = policy_path(leaf, file.name);
        const bool has_path = path.size() <= kMaxMemberName && is_utf8(path);
        return has_path && !listed_.contains({file.name, file.digest});
    });
}

std::optional<std::uint64_t> PoliciesCheck::unlisted(const std::optional<Instant>& first,
                                                     const std::optional<Instant>& last) const {
    const auto found = std::find_if(lacking_.begin(), lacking_.end(), [&](const Lacking& change) {
        return (!last || change.from <= *last) && (!first || !change.until || *change.until > *first);
    });
    return found == lacking_.end() ? std::nullopt : std::optional{found->leaf};
}

}  // namespace fedtrail::audit
