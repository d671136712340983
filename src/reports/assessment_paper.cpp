#include <algorithm>
#include <sstream>

#include "reports/activity_list.hpp"
#include "reports/assessment.hpp"
#include "reports/paper_texts.hpp"
#include "reports/recipient_terms.hpp"
#include "reports/render_paper.hpp"
#include "reports/shared_words.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

// The paper has two pages, however much a server says of itself and however long it is known. What is left
// out is counted or ends in an ellipsis; all of it is in JSON.

/// A sentence of somebody's policy is shown as far as this, and any other word that is not ours; octets.
constexpr std::size_t kLongestQuote = 200;
constexpr std::size_t kLongestWord = 120;
constexpr std::size_t kLongestName = 80;  ///< Of a host; its whole name stands once.
constexpr std::size_t kMostPoints = 12;   ///< With what to do about them; the heaviest.
constexpr std::size_t kLongestTitles = 600;
constexpr std::size_t kMostAliases = 3;
constexpr std::size_t kMostChanges = 2;
/// Of each kind of text at each host, the newest; and of all.
constexpr std::size_t kMostVersions = 2;
constexpr std::size_t kMostTexts = 6;
constexpr std::size_t kRoomy =
    5'600;  ///< Octets of Markdown; in print of the usual size two pages take 10 % more.

/// Cut between characters.
std::string shortened(std::string_view text, std::size_t most = kLongestWord) {
    auto clean = without_marks(text);
    if (clean.size() <= most) {
        return clean;
    }
    auto end = most;
    while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return clean.substr(0, end) + " …";
}

class AssessmentPaper {
public:
    AssessmentPaper(const Assessment& assessment, const PaperTexts& texts)
        : assessment_(assessment),
          card_(assessment.card),
          name_(shortened(card_.host.text(), kLongestName)),
          texts_(texts) {}

    [[nodiscard]] Paper take() {
        paper_.language = assessment_.language;
        paper_.kind = at("title");
        paper_.heading = texts_.fill("assess.heading", {{"host", name_}});
        paper_.colophon = at("colophon");
        paper_.frame = {{texts_.at("label.made"), texts_.forms().moment(assessment_.generated_at)}};
        in_short();
        risks();
        who();
        where();
        holds();
        honour();
        policy();
        rules();
        decide();
        paper_.dense = length() > kRoomy;
        return std::move(paper_);
    }

private:
    [[nodiscard]] std::size_t length() const {
        std::ostringstream out;
        render_markdown(paper_, texts_, out);
        return out.view().size();
    }
    [[nodiscard]] const std::string& at(const std::string& key) const { return texts_.at("assess." + key); }
    [[nodiscard]] const std::string& label(const std::string& key) const { return at("label." + key); }
    [[nodiscard]] const std::string& unknown() const { return texts_.at("label.unknown"); }
    [[nodiscard]] std::string number(std::uint64_t value) const { return texts_.forms().number(value); }

    void open(const std::string& name) { paper_.sections.push_back({name, at(name + ".heading"), 2, {}}); }
    void add(Block block) { paper_.sections.back().blocks.push_back(std::move(block)); }
    void say(const std::string& key,
             const FillValues& values = {},
             const std::vector<FillCount>& counts = {}) {
        add(Paragraph{texts_.fill("assess." + key, values, counts), false});
    }

    [[nodiscard]] std::string sentence(const std::string& key, const FillValues& values) const {
        return texts_.fill("assess." + key, values);
    }

    [[nodiscard]] std::string country_name() const {
        const auto country = records::established_in(card_.country);
        const auto hint = records::hinted_in(card_.country);
        return country ? texts_.at(word_key(*country))
               : hint  ? hinted_words(*hint, texts_.shared())
                       : unknown();
    }
    [[nodiscard]] std::string basis_word() const { return texts_.at(word_key(card_.basis.kind) + ".word"); }
    [[nodiscard]] bool holds_something() const {
        return assessment_.totals && assessment_.totals->disclosures > 0;
    }

    void in_short() {
        open("short");
        const auto place = card_.country.country ? "short.where" : "short.where_unknown";
        add(Paragraph{texts_.fill("assess." + std::string{place},
                                  {{"host", name_}, {"country", country_name()}, {"basis", basis_word()}}),
                      true});
        if (holds_something()) {
            say("short.holds",
                {{"last", texts_.forms().day(assessment_.totals->last)}},
                {{"subjects", assessment_.totals->subjects, "people"}});
        } else {
            say("short.holds_none");
        }
        if (const auto judged = records::judged(card_); judged > 0) {
            say("short.honour", {}, {{"judged", judged, "erasures"}, {"gone", card_.gone, "erasures"}});
        } else if (card_.told > 0) {
            say("short.honour_unseen", {}, {{"told", card_.told, "erasures"}});
        } else {
            say("short.honour_none");
        }
        const auto weighing = [&](RiskWeight weight) {
            return number(static_cast<std::uint64_t>(
                std::count_if(assessment_.risks.begin(), assessment_.risks.end(), [&](const RiskRule& rule) {
                    return rule.weight == weight;
                })));
        };
        say("short.risks",
            {{"high", weighing(RiskWeight::High)},
             {"medium", weighing(RiskWeight::Medium)},
             {"low", weighing(RiskWeight::Low)}});
    }

    void risks() {
        open("risks");
        if (assessment_.risks.empty()) {
            say("risks.none");
            return;
        }
        say("risks.text");
        Grid grid{at("risks.heading"), {{label("point")}, {label("weight")}, {label("todo")}}, {}};
        std::string others;
        for (const auto& risk : assessment_.risks) {
            auto words = words_of(risk, texts_);
            if (grid.rows.size() == kMostPoints) {
                others += (others.empty() ? "" : " ") + words.title;
                continue;
            }
            grid.rows.push_back({std::move(words.title),
                                 at("weight." + std::string{name_of(risk.weight)}),
                                 std::move(words.todo)});
        }
        add(std::move(grid));
        if (!others.empty()) {
            say("risks.others", {{"points", shortened(others, kLongestTitles)}, {"host", name_}});
        }
    }

    [[nodiscard]] std::string alias_words() const {
        std::vector<std::string> aliases;
        for (const auto& alias : card_.aliases) {
            if (aliases.size() == kMostAliases) {
                break;
            }
            const auto why = "assess.alias." + alias.why;
            aliases.push_back(shortened(alias.host.text(), kLongestName) +
                              (texts_.has(why) ? " (" + texts_.at(why) + ")" : std::string{}));
        }
        auto listed = joined(aliases, texts_);
        return card_.aliases.size() == aliases.size()
                   ? listed
                   : sentence("who.others",
                              {{"listed", listed},
                               {"others", number(card_.aliases.size() - aliases.size())},
                               {"host", name_}});
    }

    void who() {
        open("who");
        Facts list;
        const auto fact = [&](const char* name, const std::string& value, std::size_t most = kLongestWord) {
            const auto clean = shortened(value, most);
            list.emplace_back(label(name), clean.empty() ? unknown() : clean);
        };
        list.emplace_back(label("host"), card_.host.text());
        if (!card_.aliases.empty()) {
            list.emplace_back(label("aliases"), alias_words());
        }
        fact("software", card_.software + (card_.version.empty() ? "" : " " + card_.version));
        fact("users", card_.users ? number(*card_.users) : "");
        fact("registrations",
             !card_.registrations_open ? "" : label(*card_.registrations_open ? "open" : "closed"));
        fact("operator", operator_words(card_, texts_.shared()));
        fact("contact", card_.contact.reveal(), kLongestQuote);  // no use if cut
        fact("privacy_policy", card_.privacy_policy, kLongestQuote);
        fact("terms", card_.terms, kLongestQuote);
        fact("known_at", card_.known_at ? texts_.forms().day(*card_.known_at) : "");
        std::vector<std::string> kinds;
        for (const auto mark : words_of(card_.marks)) {
            const auto stem = "mark." + std::string{mark};
            kinds.push_back(texts_.at(stem + ".word"));
        }
        if (!kinds.empty()) {
            fact("kind", joined(kinds, texts_));
        }
        add(FactList{list});
    }

    void where() {
        open("where");
        const auto& country = card_.country;
        Facts list{{label("country"), country_name()},
                   {label("country_source"), texts_.at(word_key(country.source) + ".word")},
                   {label("confidence"), texts_.at(word_key(country.confidence))}};
        add_evidence(list);
        list.emplace_back(label("basis"), basis_word());
        list.emplace_back(label("reason"), texts_.at(word_key(card_.basis.reason)));
        if (!card_.basis.decision.empty()) {
            list.emplace_back(label("decision"), shortened(texts_.forms().act(card_.basis.decision)));
        }
        if (const auto declared = declared_reference(card_.basis.article, texts_); !declared.empty()) {
            list.emplace_back(label("declared"), declared);
        }
        add(FactList{list});
        add(Paragraph{texts_.at(word_key(card_.basis.kind) + ".meaning"), false});
    }

    void add_evidence(Facts& list) const {
        const auto& country = card_.country;
        if (!country.why.empty()) {
            list.emplace_back(label("evidence"), shortened(country.why, kLongestQuote));
        }
        if (!country.network.empty()) {
            list.emplace_back(label("evidence"),
                              sentence("where.network", {{"network", shortened(country.network)}}));
        }
        if (country.dated && country.found_at) {
            list.emplace_back(label("doubt"),
                              sentence("where.dated", {{"day", texts_.forms().day(*country.found_at)}}));
        }
        if (country.against) {
            list.emplace_back(label("doubt"),
                              sentence("where.against",
                                       {{"country", texts_.at(word_key(country.against->country))},
                                        {"source", texts_.at(word_key(country.against->source) + ".word")}}));
        }
    }

    void holds() {
        open("holds");
        const auto& totals = assessment_.totals;
        if (!holds_something()) {
            say("holds.none");
        } else {
            std::vector<std::string> kinds;
            for (const auto kind : words_of(totals->categories)) {
                kinds.push_back(texts_.at("category." + std::string{kind} + ".word"));
            }
            std::vector<std::string> ways;
            for (const auto way : words_of(totals->channels)) {
                ways.push_back(texts_.at("channel." + std::string{way} + ".word"));
            }
            add(FactList{
                {{label("subjects"), number(totals->subjects)},
                 {label("objects"),
                  assessment_.objects ? number(*assessment_.objects) : label("not_counted")},
                 {label("disclosures"), number(totals->disclosures)},
                 {label("first"), texts_.forms().day(totals->first)},
                 {label("last"), texts_.forms().day(totals->last)},
                 {label("categories"), joined(kinds, texts_)},
                 {label("channels"), joined(ways, texts_)},
                 {label("strongest"),
                  texts_.at("evidence." + std::string{privacy::name_of(totals->strongest)} + ".word")}}});
        }
        if (totals && totals->tunnels > 0) {
            say("holds.unread", {}, {{"connections", totals->tunnels, "connections"}});
        }
    }

    void honour() {
        open("honour");
        if (card_.told == 0 && assessment_.notices.empty()) {
            say("honour.none");
            return;
        }
        say("honour.text");
        add(FactList{{{label("told"), number(card_.told)},
                      {label("gone"), number(card_.gone)},
                      {label("present"), number(card_.present)},
                      {label("not_visible"), number(card_.not_visible)}}});
        std::vector<std::string> states;
        for (const auto state : kNoticeStates) {
            if (const auto found = assessment_.notices.find(state); found != assessment_.notices.end()) {
                states.push_back(texts_.at(word_key(std::optional{state}) + ".word") + " (" +
                                 number(found->second) + ")");
            }
        }
        if (!states.empty()) {
            add(Paragraph{label("notices") + texts_.forms().colon() + " " + joined(states, texts_), false});
        }
    }

    [[nodiscard]] std::string quoted(const records::PolicyStatement& statement) const {
        const auto sentence = "“" + shortened(statement.sentence->reveal(), kLongestQuote) + "”";
        return statement.denied ? sentence + " (" + at("policy.denied") + ")" : sentence;
    }

    void policy() {
        open("policy");
        const auto& policy = assessment_.policy;
        if (policy.versions.empty()) {
            say("policy.none");
            return;
        }
        say("policy.text");
        Grid summary{at("policy.heading"), {{label("topic")}, {label("sentence")}}, {}};
        std::vector<std::string> missing;
        for (const auto& statement : policy.summary.statements) {
            const auto& topic = at("topic." + std::string{records::name_of(statement.topic)});
            if (statement.sentence) {
                summary.rows.push_back({topic, quoted(statement)});
            } else {
                missing.push_back(topic);
            }
        }
        if (!missing.empty()) {
            summary.rows.push_back({joined(missing, texts_), label("not_found")});
        }
        if (!summary.rows.empty()) {
            add(std::move(summary));
        }
        Grid read{label("read"), {{label("text")}, {label("read")}, {label("address")}}, {}};
        std::uint64_t older = 0;
        for (std::size_t i = 0; i < policy.versions.size(); ++i) {
            const auto& version = policy.versions[i];
            if (newer_than(i) >= kMostVersions || read.rows.size() == kMostTexts) {
                ++older;
                continue;
            }
            read.rows.push_back(
                {text_kind(version.kind),
                 texts_.forms().day(version.first_seen) + " – " + texts_.forms().day(version.last_seen),
                 shortened(version.url, kLongestName)});
        }
        add(std::move(read));
        for (std::size_t i = 0; i < std::min(kMostChanges, policy.changes.size()); ++i) {
            change(policy.changes[i]);
        }
        if (older > 0) {
            say("policy.older", {{"older", number(older)}, {"host", name_}});
        }
    }

    /// How many newer texts there are of the same kind at the same host; they stand behind it.
    [[nodiscard]] std::size_t newer_than(std::size_t index) const {
        const auto& versions = assessment_.policy.versions;
        const auto same = [&](const records::PolicyVersion& other) {
            return other.kind == versions[index].kind && other.host == versions[index].host;
        };
        const auto begin = versions.begin() + static_cast<std::ptrdiff_t>(index) + 1;
        return static_cast<std::size_t>(std::count_if(begin, versions.end(), same));
    }

    [[nodiscard]] const std::string& text_kind(records::PolicyKind kind) const {
        return at("text_kind." + std::string{records::name_of(kind)});
    }

    void change(const records::PolicyChange& change) {
        using Side = records::DifferencePiece::Side;
        const auto of_side = [&](Side side) {
            return static_cast<std::uint64_t>(
                std::count_if(change.pieces.begin(), change.pieces.end(), [&](const auto& piece) {
                    return piece.side == side;
                }));
        };
        const auto fresh = std::find_if(change.pieces.begin(), change.pieces.end(), [](const auto& piece) {
            return piece.side == Side::New;
        });
        say("policy.change",
            {{"day", texts_.forms().day(change.to.first_seen)},
             {"kind", text_kind(change.to.kind)},
             {"added", number(of_side(Side::New))},
             {"removed", number(of_side(Side::Old))},
             {"example", fresh == change.pieces.end() ? "" : "“" + shortened(fresh->text.reveal()) + "”"}});
    }

    void rules() {
        open("rules");
        say("rules.text", {{"file", shortened(assessment_.rules_file, kLongestQuote)}});
        Grid grid{at("rules.heading"), {{label("what")}, {label("effect")}, {label("rule")}}, {}};
        for (const auto& answer : assessment_.rules) {
            grid.rows.push_back({at("what." + std::string{fediverse::name_of(answer.visibility)}),
                                 at("effect." + std::string{privacy::name_of(answer.effect)}),
                                 answer.rule.empty() ? label("no_rule") : shortened(answer.rule)});
        }
        add(std::move(grid));
    }

    void decide() {
        open("decide");
        add(Bullets{
            {at("decide.let"),
             texts_.fill("assess.decide.limit", {{"file", shortened(assessment_.rules_file, kLongestQuote)}}),
             at("decide.stop"),
             texts_.fill("assess.decide.learn", {{"host", name_}})}});
    }

    const Assessment& assessment_;
    const records::RecipientCard& card_;
    const std::string name_;
    const PaperTexts& texts_;
    Paper paper_;
};

}  // namespace

Paper paper_of(const Assessment& assessment, const PaperTexts& texts) {
    return AssessmentPaper{assessment, texts}.take();
}

}  // namespace fedtrail::reports
