/// The controller's own rules: to whom whose data may go. An ordered list; the first rule that matches
/// decides, and what none matches is allowed. Pure.
///
/// This room does not know ActivityPub: categories are the bits of fediverse::CategorySet, visibilities one
/// bit for each number of fediverse::Visibility.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/privacy/country.hpp"
#include "fedtrail/privacy/transfer_basis.hpp"

namespace fedtrail::privacy {

class JoinedHosts;
class RuleIndex;

/// fediverse::DataCategory::Deletion among the bits of TransferRule::categories.
inline constexpr std::uint16_t kDeletionBit = 1U << 13U;
/// fediverse::DataCategory::Unread among them.
inline constexpr std::uint16_t kUnreadBit = 1U << 14U;
/// Each fediverse::Visibility among the bits of TransferRule::visibilities.
inline constexpr std::uint8_t kAllVisibilities = 0x1F;

enum class RuleEffect : std::uint8_t {
    Allow,
    Flag,   ///< Allowed, and marked.
    Block,  ///< Must not leave.
};

/// "example.org" is that host alone; "*.example.org" is every host below it and not the host itself. Ports do
/// not matter. In rules that were joined() it stands for the other hosts of the same recipient as well.
class HostPattern {
public:
    /// Normalised as a Host is. Errors: Invalid (also for "*" alone, and for a port).
    [[nodiscard]] static Result<HostPattern> parse(std::string_view text);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }  ///< Without "*.".
    [[nodiscard]] bool below() const noexcept { return below_; }
    [[nodiscard]] std::string text() const { return below_ ? "*." + name_ : name_; }
    /// Whether each host that `other` matches is matched by this.
    [[nodiscard]] bool covers(const HostPattern& other) const;

    friend bool operator==(const HostPattern&, const HostPattern&) = default;

private:
    HostPattern(std::string name, bool below) : name_(std::move(name)), below_(below) {}
    std::string name_;
    bool below_{};
};

/// Of a recipient at which at least so many copies were seen to be gone or still there, fewer than so many in
/// a hundred were gone.
struct HonourBelow {
    unsigned percent{};          ///< 1 to 100.
    std::uint64_t least_told{};  ///< With less experience the condition does not hold.

    friend bool operator==(const HonourBelow&, const HonourBelow&) = default;
};

/// A word of a rule that means nothing. A rule with one is never applied: see TransferRules::compile.
struct UnknownWord {
    std::string field;
    std::string word;
};

/// All conditions that are set must hold; a list holds if one of its members does. A rule that blocks lets
/// pass what takes data back unless `categories` names it (kDeletionBit).
struct TransferRule {
    std::string name;
    RuleEffect effect{RuleEffect::Allow};
    bool enabled{true};
    std::size_t line{};  ///< In its file, from 1; 0 is not known.

    std::vector<HostPattern> hosts;
    std::vector<Country> countries;
    bool country_unknown{};  ///< One more member of `countries`.
    std::vector<BasisKind> bases;
    std::vector<std::string> software;  ///< Lower case; "" is unknown software.
    std::optional<HonourBelow> honour;
    std::optional<bool> objection;
    std::optional<bool> minor;
    std::uint16_t categories{};   ///< One of them is in the object; 0: no condition.
    std::uint8_t visibilities{};  ///< 0: no condition.

    std::vector<UnknownWord> unknown;
};

/// What is about to leave, to whom, and whose it is.
struct RuleFacts {
    Host recipient;
    std::optional<Country> country;
    BasisKind basis{BasisKind::Undocumented};
    std::string software;    ///< Lower case; "" is unknown.
    std::uint64_t judged{};  ///< Copies at the recipient that were to go and were looked at with a verdict,
    std::uint64_t gone{};    ///< and of them those verified gone.
    bool objection{};        ///< The subject objects to this recipient (Art. 21).
    bool minor{};            ///< The subject is known to be a child.
    std::uint16_t categories{};
    std::uint8_t visibility{};  ///< The number of the visibility, not a bit.
    bool takes_back{};          ///< A Delete or an Undo.
};

struct RuleDecision {
    RuleEffect effect{RuleEffect::Allow};
    std::optional<std::size_t> rule{};  ///< Index of the rule that decided; absent: none matched.
    bool objection{};  ///< The person's objection decided, and no rule that asks for one said otherwise.

    friend bool operator==(const RuleDecision&, const RuleDecision&) = default;
};

/// Rules made ready. Copies share what was made.
class TransferRules {
public:
    TransferRules() = default;  ///< Allows everything that nobody objects to.

    /// Errors: Invalid (a rule that is enabled has a word that means nothing: it would let through what it
    /// was meant to stop).
    [[nodiscard]] static Result<TransferRules> compile(std::vector<TransferRule> rules);

    [[nodiscard]] const std::vector<TransferRule>& rules() const noexcept { return rules_; }
    /// The same rules, where a host that a rule names stands for all hosts of its recipient.
    [[nodiscard]] TransferRules joined(const JoinedHosts& hosts) const;
    /// Whether an enabled rule asks for more of a recipient than its host.
    [[nodiscard]] bool asks_recipient() const noexcept { return asks_recipient_; }
    /// Whether any rule that is enabled blocks.
    [[nodiscard]] bool blocks() const noexcept { return blocks_; }

private:
    friend RuleDecision decide(const TransferRules& rules, const RuleFacts& facts);
    friend RuleDecision decide_unread(const TransferRules& rules, const RuleFacts& facts);

    void make_indexes(const JoinedHosts& hosts);

    std::vector<TransferRule> rules_;
    std::shared_ptr<const RuleIndex> index_;
    std::shared_ptr<const RuleIndex> unread_;  ///< Of what is left of them where nothing could be read.
    bool asks_recipient_{};
    bool blocks_{};
};

/// The first enabled rule that matches decides; what none matches is allowed. An objection (Art. 21) comes
/// before: what the person objects to is blocked, unless a rule whose condition is an objection says
/// otherwise; what takes data back is never blocked by it. Costs a few look-ups by name and a step for each
/// 64 rules.
[[nodiscard]] RuleDecision decide(const TransferRules& rules, const RuleFacts& facts);

/// As decide(), of something that was not read: a rule that blocks does so whatever it asks of the person or
/// the object, as far as anybody or anything could be meant, and one that lets pass must ask nothing of the
/// kind, or name the category `unread`. In `facts`, `objection` is whether the person objects to the
/// recipient, `minor` whether they are a child; where nobody knows who it is, whether that is so of anybody.
/// `categories` and `visibility` are not looked at; `takes_back` is false.
[[nodiscard]] RuleDecision decide_unread(const TransferRules& rules, const RuleFacts& facts);

enum class RuleFault : std::uint8_t {
    UnknownWord,  ///< `detail` is not known: "countries: QQ".
    Unreachable,  ///< `other` decides whatever this would, and in the same way.
    Conflict,     ///< `other` decides whatever this would but for `left`, and in another way.
    NameTwice,    ///< `other` has the same name.
};

/// What a rule that lies behind another still decides of.
enum class RuleLeft : std::uint8_t {
    Nothing,
    Deletions,  ///< What takes data back: the earlier rule blocks, and not that.
    Unread,  ///< What cannot be read: the earlier rule lets pass what it has seen alone; see decide_unread().
};

struct RuleFinding {
    RuleFault fault{RuleFault::Unreachable};
    std::size_t rule{};  ///< Index.
    std::size_t line{};
    std::optional<std::size_t> other{};  ///< Index of the earlier rule.
    std::string
        detail{};  ///< The word, or the host pattern if only that one is never reached; "" is the whole rule.
    RuleLeft left{RuleLeft::Nothing};  ///< Of a conflict.
};

/// What is wrong with rules, in their order. Disabled rules are only read for unknown words and names. A rule
/// that several earlier ones cover together is found if each of its hosts is covered by one of them.
[[nodiscard]] std::vector<RuleFinding> check_rules(std::span<const TransferRule> rules);

[[nodiscard]] std::string_view name_of(RuleEffect effect);  ///< "allow", "flag", "block"
[[nodiscard]] std::string_view name_of(RuleFault fault);    ///< "unknown_word", …
[[nodiscard]] std::optional<RuleEffect> rule_effect_named(std::string_view name);

}  // namespace fedtrail::privacy
