/// Looks for an operator's country in every text of theirs that is kept.

#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>

#include "fedtrail/ports/country_book.hpp"
#include "fedtrail/ports/policy_archive.hpp"

#include "recipients/imprint_words.hpp"

namespace fedtrail::recipients {

/// Stands before an archive: what becomes new there is read for the country at once. Thread-safe.
class PlaceFinder final : public PolicyArchive {
public:
    /// `words` gives those of now, never null. The books must outlive the finder.
    PlaceFinder(PolicyArchive& archive,
                CountryBook& countries,
                std::function<std::shared_ptr<const ImprintWords>()> words)
        : archive_(archive), countries_(countries), words_(std::move(words)) {}

    [[nodiscard]] Result<std::vector<records::PolicyVersion>> versions(const Host& host) const override {
        return archive_.versions(host);
    }
    [[nodiscard]] Result<Personal<std::string>> text(const records::PolicyVersion& version) const override {
        return archive_.text(version);
    }
    [[nodiscard]] Result<std::vector<PolicyKept>> keep(std::span<const ReadPolicy> texts) override;

private:
    /// Unavailable: none was read. Any other error: all were but what is damaged, which is not tried again.
    [[nodiscard]] Result<void> read_texts();

    PolicyArchive& archive_;
    CountryBook& countries_;
    std::function<std::shared_ptr<const ImprintWords>()> words_;
    std::mutex guard_;
    /// Whose texts are new. What failed is handed in once more, and the archive has it by then.
    std::set<Host> to_read_;
};

/// What the newest texts of a host say of its operator's country: source Imprint; without a country if they
/// say none, or two. Errors: Unavailable, Corrupt.
[[nodiscard]] Result<records::CountryFinding> country_in_texts(const PolicyArchive& archive,
                                                               const Host& host,
                                                               const ImprintWords& words);

}  // namespace fedtrail::recipients
