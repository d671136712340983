/// Compares the policies of a bundle, there or said to be missing, with the policy changes that it shows.

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fedtrail/core/time.hpp"
#include "fedtrail/records/leaf.hpp"

namespace fedtrail::audit {

/// A policy's text: the leaf of the change that it came into force with, its name, its digest.
using PolicyText = std::tuple<std::uint64_t, std::string, records::LeafDigest>;

class PoliciesCheck {
public:
    static constexpr std::size_t kMaxLacking =
        100'000;  ///< Changes that are remembered for a file they lack.

    /// `listed`: what the manifest names.
    explicit PoliciesCheck(std::set<PolicyText> listed = {});

    /// The next change that is opened: it ends what the one before brought.
    void change(std::uint64_t leaf, Instant at, const records::PolicyChangeLeaf& change);

    /// Those that are listed, and of which no record says that they were in force.
    [[nodiscard]] const std::set<PolicyText>& unsaid() const noexcept { return unsaid_; }
    /// The leaf of a change that was in force at some time from `first` to `last`, and of which a file is not
    /// listed.
    [[nodiscard]] std::optional<std::uint64_t> unlisted(const std::optional<Instant>& first,
                                                        const std::optional<Instant>& last) const;

private:
    struct Lacking {
        std::uint64_t leaf{};
        Instant from{};
        std::optional<Instant> until;
    };
    [[nodiscard]] bool lacks(std::uint64_t leaf, const records::PolicyChangeLeaf& change) const;

    std::set<PolicyText> unsaid_;
    std::set<std::pair<std::string, records::LeafDigest>> listed_;
    std::vector<Lacking> lacking_;
    bool is_last_{};  ///< The last change is the last of lacking_.
};

}  // namespace fedtrail::audit
