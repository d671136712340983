/// Compares what a bundle shows with what it says that it is about, and how much it says that it opens.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "fedtrail/audit/bundle.hpp"

#include "audit/record_line.hpp"

namespace fedtrail::audit {

/// Memory grows with the papers, and up to kMaxFollowed with what the lines say.
class ShownCheck {
public:
    static constexpr std::size_t kMaxFollowed = 100'000;  ///< Requests of one person.

    /// Requests by the papers that the bundle has, or says to be missing.
    struct Papers {
        std::set<std::uint64_t> any;
        std::set<std::uint64_t> answer;
        std::set<std::pair<std::uint64_t, std::uint64_t>> told;  ///< Request, and place of an event Answered.
    };
    explicit ShownCheck(const Scope& scope = {},
                        Level level = Level::Full,
                        Papers papers = {},
                        unsigned format = kBundleFormat)
        : scope_(scope),
          level_(level),
          answered_(std::move(papers.answer)),
          listed_told_(std::move(papers.told)),
          needs_told_(format > 1),
          unshown_(std::move(papers.any)) {}

    /// Whether record() wants the body of an opened record of this kind.
    [[nodiscard]] bool needs_body(records::LeafKind kind) const;
    /// A record as its line shows it; `body` is null where it is not opened or was not needed.
    void record(const RecordLine& line, records::LeafBody* body);
    /// A window's record that is opened, after all that the bundle has of it.
    void window(const records::WindowLeaf& window, bool has_tree);

    /// What is first wrong with the level, the scope or the papers; "" if nothing is.
    [[nodiscard]] const std::string& level_fault() const noexcept { return level_fault_; }
    [[nodiscard]] std::string scope_fault() const;
    [[nodiscard]] std::string papers_fault() const;
    using Told = std::map<std::pair<std::uint64_t, std::uint64_t>, records::LeafDigest>;
    /// Digests of the words that go with opened events Answered, of those that the bundle lists.
    [[nodiscard]] const Told& told() const noexcept { return told_; }
    /// How many of them it does not list, and need not.
    [[nodiscard]] std::uint64_t untold() const noexcept { return untold_; }
    /// Whether the person has more requests than were followed.
    [[nodiscard]] bool lost_count() const noexcept { return lost_count_; }

    /// From the first record of the request that the bundle is about to its last, as far as the lines tell.
    [[nodiscard]] const std::optional<Instant>& first() const noexcept { return first_; }
    [[nodiscard]] const std::optional<Instant>& last() const noexcept { return last_; }

private:
    /// Whom and which request a record is about.
    struct About {
        std::optional<std::uint64_t> subject;
        std::uint64_t request{};             ///< 0 if none.
        std::optional<std::uint64_t> place;  ///< Of a request's event among its events.
    };
    [[nodiscard]] static About about(const records::LeafBody& body);
    [[nodiscard]] static About about(records::LeafKind kind, std::string_view claim);

    void level_of(const RecordLine& line, records::LeafBody* body);
    void scope_of(const RecordLine& line, const std::optional<About>& about);
    void person_of(const RecordLine& line, const About& about);
    void event_of(const About& about);
    void paper_of(std::uint64_t request);
    void told_with(const records::RequestEventLeaf& event);
    void span_of(const RecordLine& line, const std::optional<About>& about);
    [[nodiscard]] bool is_personal() const { return scope_.index() > 1; }
    [[nodiscard]] bool of_period(Instant at) const;
    [[nodiscard]] bool touches(const records::WindowLeaf& window) const;

    Scope scope_;
    Level level_;
    std::set<std::uint64_t> answered_;
    std::set<std::pair<std::uint64_t, std::uint64_t>> listed_told_;
    Told told_;
    bool needs_told_;  ///< What people were told belongs to the bundle.
    std::uint64_t untold_{};
    std::set<std::uint64_t> unshown_;  ///< That have papers, and no record was shown of.
    std::string level_fault_;
    std::string scope_fault_;
    std::string papers_fault_;
    std::optional<std::uint64_t> subject_;
    std::map<std::uint64_t, std::uint64_t> next_;  ///< Place of the next event, by request.
    bool events_{};                                ///< One was shown, in whatever form.
    bool lost_count_{};
    std::optional<Instant> first_;
    std::optional<Instant> last_;
};

}  // namespace fedtrail::audit
