/// The steps of verify(), in the order in which they rest on each other.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fedtrail/audit/verify.hpp"

#include "audit/lines.hpp"
#include "audit/manifest.hpp"
#include "audit/records_check.hpp"
#include "audit/zip_format.hpp"

namespace fedtrail::audit {

/// How many records a bundle shows and leaves out, in a sentence.
[[nodiscard]] std::string shown_words(const BundleCounts& counts);

class Verifier {
public:
    Verifier(const ByteSource& bundle, const Trusted& trusted, const Progress& progress)
        : bundle_(bundle), trusted_(trusted), progress_(progress) {}

    [[nodiscard]] Result<Verification> run();

private:
    /// Each says false if what follows cannot be looked at. Errors: those of the source.
    [[nodiscard]] Result<bool> container();
    [[nodiscard]] Result<bool> manifest();
    [[nodiscard]] Result<bool> files();
    [[nodiscard]] Result<bool> file(const ZipMember& member, const BundleMember& listed);
    [[nodiscard]] Result<bool> records(const ZipMember& member, const BundleMember& listed);
    [[nodiscard]] bool take_lines(Lines& lines);
    [[nodiscard]] bool take_export();
    /// Begins the digest of words that a person was told; false if their salt is not there.
    [[nodiscard]] bool begin_told(const ToldPlace& place, ledger::Sha256& hash) const;
    [[nodiscard]] std::string told_fault() const;
    void key();
    void checkpoint();
    void witnesses(const ledger::Note& note);
    void tree();
    void counts();
    void level();
    void scope();
    void papers();
    void told_claim(std::size_t proven, std::uint64_t untold);
    void contents();
    void page();
    void history();
    void held();
    /// The root of the log's first `size` leaves, where the bundle shows it.
    [[nodiscard]] std::optional<ledger::Hash> root_at(std::uint64_t size) const;
    void policies();

    [[nodiscard]] Result<std::string> content(const ZipMember& member, std::size_t most);
    [[nodiscard]] bool listed_as_they_are();
    [[nodiscard]] bool what_a_bundle_has();
    [[nodiscard]] bool in_their_order();
    [[nodiscard]] ShownCheck::Papers papers_listed() const;
    [[nodiscard]] bool check_note(const std::string& text, const std::string& what, ledger::Checkpoint& out);
    void claim(std::string name, Verdict verdict, std::string sentence, bool asked = false);
    bool fails(std::string name, std::string sentence);

    const ByteSource& bundle_;
    const Trusted& trusted_;
    const Progress& progress_;
    Verification found_;
    std::vector<ZipMember> members_;
    std::string checkpoint_;
    std::string checkpoints_;
    std::string export_;                     ///< The file.
    ledger::Checkpoint held_;                ///< That was given; its signature may not hold.
    std::optional<ledger::Hash> held_root_;  ///< At its size, as checkpoints.ndjson proves it.
    std::size_t policies_{};                 ///< Files of the bundle.
    std::size_t absent_policies_{};
    RecordsCheck records_;
    std::map<ToldPlace, std::string> told_salts_;  ///< As the files have them.
    std::map<ToldPlace, records::LeafDigest> told_words_;
};

}  // namespace fedtrail::audit
