/// What the log itself says of a bundle: its last leaf, which was put there while the bundle was made.
/// docs/formats/bundle.md.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "fedtrail/audit/bundle.hpp"
#include "fedtrail/ledger/hash.hpp"
#include "fedtrail/records/leaf.hpp"

namespace fedtrail::audit {

/// records::ExportLeaf::what of such a leaf.
inline constexpr std::string_view kBundleContents = "bundle contents";

/// Runs over the records that a bundle shows, in their order.
class ShownRecords {
public:
    /// `leaf`: its hash in its tree (RFC 6962 section 2.1).
    void add(bool opened, const ledger::Hash& leaf);
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] ledger::Hash digest() const { return hash_.finish(); }

private:
    ledger::Sha256 hash_;
    std::uint64_t count_{};
};

/// What the leaf says of a bundle with these records; of `manifest` level, scope, and the members before
/// kExport (all, if it is not there yet). `by` as records::without_operator() gives it: every level shows it.
[[nodiscard]] records::ExportLeaf contents_of(const Manifest& manifest,
                                              const ShownRecords& shown,
                                              std::string by);

}  // namespace fedtrail::audit
