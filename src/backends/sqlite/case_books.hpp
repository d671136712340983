/// Erasure requests, notices and objections in a SQLite file of their own (docs/formats/cases.md).

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/notice_outcomes.hpp"
#include "fedtrail/ports/objection_book.hpp"
#include "fedtrail/ports/objection_reasons.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/ports/subject_facts.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

struct CasesCheck {
    std::uint64_t requests{};
    std::uint64_t notices{};
    std::uint64_t leaves{};           ///< That the log takes.
    std::uint64_t rows{};             ///< Of all tables.
    std::vector<std::string> faults;  ///< Sentences without personal data; at most 100.
};

/// Thread-safe; several processes may share the file. What names a person (objects, reasons, inboxes) is
/// sealed under the subject's key. Where that key is gone (shredded) everything else stays readable: URIs,
/// reasons and inboxes read as "" and an object's categories as none. What is written for such a subject is
/// kept without those parts, but plan() with objects is refused (NotFound).
class SqliteCases final : public RequestBook,
                          public NoticeBook,
                          public NoticeOutcomes,
                          public ObjectionBook,
                          public ObjectionReasons,
                          public SubjectFacts {
public:
    /// ReadWrite makes the file if it is not there. `sealer` must outlive it. Errors: those of
    /// open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteCases>> open_file(const std::filesystem::path& file,
                                                                        const SubjectSealer& sealer,
                                                                        OpenMode mode);
    SqliteCases(const SqliteCases&) = delete;
    SqliteCases& operator=(const SqliteCases&) = delete;
    SqliteCases(SqliteCases&&) = delete;
    SqliteCases& operator=(SqliteCases&&) = delete;
    ~SqliteCases() override;

    /// Errors besides the port's: Invalid (over 10,000 objects, or a reason over 2,000 octets).
    [[nodiscard]] Result<records::ErasureRequest> open(records::ErasureRequest request,
                                                       const records::RequestEvent& event) override;
    [[nodiscard]] Result<records::ErasureRequest> record(records::ErasureRequest request,
                                                         const records::RequestEvent& event) override;
    [[nodiscard]] Result<records::ErasureRequest> request(records::RequestNumber number) const override;
    [[nodiscard]] Result<int> open_wave(records::RequestNumber number) const override;
    [[nodiscard]] Result<std::vector<records::ErasureRequest>> requests(
        const RequestFilter& filter) const override;
    [[nodiscard]] Result<WholePage<records::ErasureRequest>> whole_requests(
        const RequestFilter& filter) const override;
    [[nodiscard]] Result<std::vector<records::RequestEvent>> events(
        records::RequestNumber number) const override;
    [[nodiscard]] Result<std::optional<records::RequestEvent>> last_event(
        records::RequestNumber number) const override;

    /// What the person was told with the request's events Answered, by place.
    [[nodiscard]] Result<std::vector<records::ToldWords>> told(records::RequestNumber number) const;

    /// Errors besides the port's: NotFound (no such request, or its subject was shredded), Conflict (the
    /// objects do not continue those that are there, or a recipient has its notice in this request), Invalid
    /// (over a million steps in a notice).
    [[nodiscard]] Result<void> plan(records::RequestNumber request,
                                    std::span<const records::ErasedObject> objects,
                                    std::span<const records::Notice> notices) override;
    [[nodiscard]] Result<void> apply(const NoticeChange& change) override;
    [[nodiscard]] Result<std::vector<records::Notice>> notices(const NoticeFilter& filter) const override;
    [[nodiscard]] Result<WholePage<records::Notice>> whole_notices(const NoticeFilter& filter) const override;
    [[nodiscard]] Result<std::vector<NoticeOutcome>> outcomes(const Host& recipient) const override;
    [[nodiscard]] Result<NoticeTally> tally(records::RequestNumber request) const override;
    /// Errors besides the port's: NotFound (no such request or index).
    [[nodiscard]] Result<std::vector<records::ErasedObject>> objects(
        records::RequestNumber request, std::span<const std::uint32_t> indexes) const override;
    [[nodiscard]] Result<NoticeHistory> history(records::NoticeNumber notice) const override;
    [[nodiscard]] Result<std::vector<LetterOfNotice>> letters(const LetterFilter& filter) const override;

    [[nodiscard]] Result<void> object(const records::Objection& objection) override;
    [[nodiscard]] Result<void> lift(privacy::SubjectNumber subject, const Host& recipient) override;
    [[nodiscard]] Result<std::vector<records::Objection>> objections() const override;
    [[nodiscard]] Result<void> keep_reason(privacy::SubjectNumber subject,
                                           const Host& recipient,
                                           const std::string& reason) override;
    [[nodiscard]] Result<std::map<Host, std::string>> reasons(privacy::SubjectNumber subject) const override;
    [[nodiscard]] Result<void> set_minor(privacy::SubjectNumber subject, std::optional<bool> minor) override;
    [[nodiscard]] Result<std::optional<bool>> minor(privacy::SubjectNumber subject) const override;
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> minors() const override;
    /// Of objections and facts together. Changes of this process show at once, those of others after a
    /// quarter of a second at most.
    [[nodiscard]] std::uint64_t generation() const override;

    /// Looks at everything: SQLite's own structure, every checksum, every seal whose key is there, and what
    /// follows from something else. For `fedtrail doctor`. Errors: as to_error(), if the file cannot be read
    /// at all.
    [[nodiscard]] Result<CasesCheck> check() const;

private:
    struct State;
    explicit SqliteCases(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::sqlite
