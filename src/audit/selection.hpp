/// Which records a bundle is about.

#pragma once

#include <optional>
#include <set>

#include "fedtrail/audit/bundle.hpp"
#include "fedtrail/ports/log_reader.hpp"

#include "audit/request_of.hpp"

namespace fedtrail::audit {

class Selection {
public:
    /// Reads the log up to `size` as far as the scope makes it necessary: a request is about a person, and a
    /// person's requests and recipients are found out first. Errors: NotFound (no such request), those of
    /// `log`.
    [[nodiscard]] static Result<Selection> make(const LogReader& log,
                                                const Scope& scope,
                                                Level level,
                                                std::uint64_t size);

    /// Whether a leaf of the log is shown.
    [[nodiscard]] bool of_log(const LoggedRecord& leaf) const;
    /// Whether a window's own tree is shown.
    [[nodiscard]] bool opens(const records::WindowLeaf& window) const;
    /// What is not before `first` and not after `last`.
    struct Span {
        std::optional<Instant> first;
        std::optional<Instant> last;
    };
    /// The time that the scope is about: a period's, or from the first to the last record of a request.
    [[nodiscard]] const Span& span() const { return span_; }
    /// Whether a leaf of such a tree is shown.
    [[nodiscard]] bool of_window(const LoggedRecord& leaf) const;

private:
    Selection(Scope scope, Level level) : scope_(scope), level_(level) {}

    void extend_span(Instant at);

    [[nodiscard]] Result<void> find_requests(const LogReader& log, std::uint64_t size);
    [[nodiscard]] Result<void> find_windows(const LogReader& log);
    void note_recipients(const records::LeafBody& body);
    [[nodiscard]] bool of_period(Instant at) const;
    [[nodiscard]] bool of_person(const records::LeafBody& body) const;
    [[nodiscard]] bool is_personal() const { return scope_.index() > 1; }

    Scope scope_;
    Level level_;
    Span span_;
    std::optional<privacy::SubjectNumber> subject_;
    std::set<std::uint64_t> requests_;
    std::set<std::uint64_t> windows_;
    std::set<std::uint32_t> recipients_;
};

}  // namespace fedtrail::audit
