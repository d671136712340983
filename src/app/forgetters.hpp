/// Places besides the stores in which something of a person is kept: what they do when the person goes.

#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/ports/audit_trail.hpp"
#include "fedtrail/ports/expiry.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/shredding.hpp"
#include "fedtrail/ports/subject_facts.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "app/tokens.hpp"
#include "backends/weasyprint/weasyprint_press.hpp"
#include "erasure/letter_folder.hpp"

namespace fedtrail::app {

/// The person's own tokens, and what NoteForgetter had to pass over.
class TokenForgetter final : public Forgetter {
public:
    /// `tokens` must outlive it.
    explicit TokenForgetter(TokenBook& tokens) : tokens_(tokens) {}
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override;

private:
    TokenBook& tokens_;
};

/// Notes of other tokens that name the person; before their key goes, since nobody knows the name afterwards.
/// A broken file of tokens is passed over.
class NoteForgetter final : public Forgetter {
public:
    /// Both must outlive it.
    NoteForgetter(TokenBook& tokens, const SubjectVault& vault) : tokens_(tokens), vault_(vault) {}
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override;

private:
    TokenBook& tokens_;
    const SubjectVault& vault_;
};

/// Letters as files: they name the person. Errors everywhere: Unavailable (a file cannot be removed, or the
/// folder not be searched: a letter that nobody sees may be theirs), and those of the notices.
class LetterForgetter final : public Forgetter, public Expiry {
public:
    /// `notices` must outlive it.
    LetterForgetter(const NoticeBook& notices, std::filesystem::path folder)
        : notices_(notices), path_(std::move(folder)), folder_(path_) {}
    /// Also every letter that was set aside, for nobody can tell any more whose it is, and every half one:
    /// whoever writes one at this moment fails, and tries again.
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override;
    /// By the day a file was last written.
    [[nodiscard]] Result<Expired> drop_before(Instant horizon, bool only_count) override;
    /// What a crash left of letters that were not written to their end.
    [[nodiscard]] Result<void> remove_unfinished();
    /// After a restore: letters that no notice names get names that end in `suffix` (kSetAside and more).
    [[nodiscard]] Result<void> set_aside(const std::string& suffix);

private:
    using Act = std::function<Result<void>(const std::filesystem::path& letter)>;
    [[nodiscard]] Result<void> each_letter(records::NoticeNumber notice, const Act& act) const;
    [[nodiscard]] Result<void> each_named(NoticeFilter filter, const Act& act) const;
    [[nodiscard]] Result<void> remove_if(bool (*which)(const std::filesystem::path& file)) const;

    const NoticeBook& notices_;
    std::filesystem::path path_;
    erasure::LetterFolder folder_;
};

/// Pages that were being printed when something ended the program: whole reports, of nobody can tell whom.
class PageForgetter final : public Forgetter {
public:
    explicit PageForgetter(std::filesystem::path scratch) : scratch_(std::move(scratch)) {}
    /// Whoever prints at this moment fails, and tries again.
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber /*subject*/) override { return remove(); }
    [[nodiscard]] Result<void> remove() const { return weasyprint::remove_pages(scratch_); }

private:
    std::filesystem::path scratch_;
};

/// What the controller wrote down for transfer rules.
class FactForgetter final : public Forgetter {
public:
    /// `facts` must outlive it.
    explicit FactForgetter(SubjectFacts& facts) : facts_(facts) {}
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override {
        return facts_.set_minor(subject, std::nullopt);
    }

private:
    SubjectFacts& facts_;
};

/// Stores from before a restore (kSetAside): they have the keys of whoever is shredded now, and only a person
/// can say that nobody needs them any more. Copies that a restore left (kStaged) have them too, and nobody
/// needs them: one that was interrupted later lets nobody in here.
class SetAsideStores final : public Overwriter {
public:
    explicit SetAsideStores(std::vector<std::filesystem::path> stores) : stores_(std::move(stores)) {}
    /// Removes copies. Errors: Unavailable as long as a store from before lies beside its own, or nobody can
    /// tell.
    [[nodiscard]] Result<void> overwrite() override;

private:
    std::vector<std::filesystem::path> stores_;
};

/// Where there is no log: without an origin nothing happens that it would have to know.
class NoTrail final : public AuditTrail {
public:
    [[nodiscard]] Result<void> append(const records::LeafRecord& /*record*/) override { return {}; }
};

/// Something in memory.
class MemoryForgetter final : public Forgetter {
public:
    explicit MemoryForgetter(std::function<void(privacy::SubjectNumber)> act) : act_(std::move(act)) {}
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override {
        act_(subject);
        return {};
    }

private:
    std::function<void(privacy::SubjectNumber)> act_;
};

}  // namespace fedtrail::app
