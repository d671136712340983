/// Looking a ledger through, and mending what can be mended.

#include <string>

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/ledger_audit.hpp"
#include "backends/sqlite/ledger_fold.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/ledger_store.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr const char* kRestoreRemedy = "Keep the file, and restore the last backup (`fedtrail restore`).";

void clear_derived(SQLite::Database& database) {
    for (const auto* table : kDerivedTables) {
        database.exec(std::string{"DELETE FROM "} + table);
    }
}

class Rebuild {
public:
    Rebuild(SQLite::Database& database, const SubjectSealer& sealer, const OnRebuild& on_step)
        : database_(database), sealer_(sealer), on_step_(on_step) {}

    /// Errors: Corrupt where chunks and journal are damaged themselves. True if it wrote anything.
    Result<bool> run() {
        const auto before = audit("checking");
        if (before.lost > 0) {
            return fail(ErrorKind::Corrupt,
                        "what the rest is derived from is damaged itself, so nothing was changed: " +
                            first_lost(before),
                        kRestoreRemedy);
        }
        if (before.faults.empty()) {
            return false;
        }
        clear_derived(database_);
        if (auto made = make(); !made) {
            return fail(made);
        }
        const auto after = audit("checking again");
        if (!after.faults.empty()) {
            return fail(
                ErrorKind::Corrupt,
                "the file is damaged beyond what is derived, so nothing was changed: " + after.faults.front(),
                kRestoreRemedy);
        }
        return true;
    }

private:
    static std::string first_lost(const LedgerCheck& check) {
        for (const auto& sentence : check.faults) {
            if (sentence.ends_with("(backup)")) {
                return sentence;
            }
        }
        return check.faults.front();
    }

    void tell(const char* what, std::uint64_t done, std::uint64_t whole) const {
        if (on_step_) {
            on_step_(what, done, whole);
        }
    }

    LedgerCheck audit(const char* what) {
        tell(what, 0, 0);
        return LedgerAudit{
            database_, sealer_, [&](std::uint64_t done, std::uint64_t whole) { tell(what, done, whole); }}
            .run();
    }

    Result<void> make() {
        LedgerTables tables{database_, sealer_};
        Folder folder{tables};
        const auto subjects = folded_subjects(database_);
        std::uint64_t done = 0;
        for (const auto subject : subjects) {
            const auto shapes = shape_book(tables, subject);
            if (!shapes) {
                return fail(shapes);
            }
            if (auto derived = folder.derive(subject, *shapes); !derived) {
                return derived;
            }
            tell("deriving", ++done, subjects.size());
        }
        return folder.finish();
    }

    SQLite::Database& database_;
    const SubjectSealer& sealer_;
    const OnRebuild& on_step_;
};

}  // namespace

Result<LedgerCheck> check_ledger(const std::filesystem::path& path, const SubjectSealer& sealer) {
    auto database = open_database(path, ledger_kind(), OpenMode::ReadOnly);
    if (!database) {
        return fail(database);
    }
    try {
        const SQLite::Transaction snapshot{**database};
        return LedgerAudit{**database, sealer}.run();
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, "checking the ledger")};
    }
}

Result<bool> rebuild_ledger(const std::filesystem::path& path,
                            const SubjectSealer& sealer,
                            const OnRebuild& on_step) {
    if (const auto there = open_database(path, ledger_kind(), OpenMode::ReadOnly); !there) {
        return fail(there);  // a ledger is not made here
    }
    auto database = open_database(path, ledger_kind(), OpenMode::ReadWrite);
    if (!database) {
        return fail(database);
    }
    try {
        SQLite::Transaction transaction{**database, SQLite::TransactionBehavior::IMMEDIATE};
        auto rebuilt = Rebuild{**database, sealer, on_step}.run();
        if (rebuilt) {
            transaction.commit();
            (void)empty_log(**database);  // what was there before may say whose it was
        }
        return rebuilt;
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, "deriving the ledger's tables again")};
    }
}

}  // namespace fedtrail::sqlite
