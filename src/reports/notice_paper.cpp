#include <algorithm>

#include "reports/paper_texts.hpp"
#include "reports/privacy_notice.hpp"
#include "reports/processor_safeguards.hpp"
#include "reports/shared_words.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

/// Kinds of software that are named; servers can call theirs what they like.
constexpr std::size_t kMostSoftwareNamed = 15;

/// Which layer an activity stands in.
enum class Layer { Account, Server, Network };

Layer layer_of(const ActivityEntry& activity) {
    const auto& code = activity.code;
    if (code == "federation" || code == "remote_copies") {
        return Layer::Network;
    }
    if (code == "accounts" || code == "publishing") {
        return Layer::Account;
    }
    return is_known_activity(code) || activity.source != "person" ? Layer::Server : Layer::Account;
}

class NoticePaper {
public:
    NoticePaper(const PrivacyNotice& notice, const PaperTexts& texts)
        : notice_(notice), facts_(notice.operator_facts), texts_(texts) {}

    [[nodiscard]] Paper take() {
        paper_.language = notice_.language;
        paper_.kind = at("title");
        paper_.heading = texts_.fill("notice.heading", {{"hosts", joined(facts_.hosts, texts_)}});
        paper_.colophon = at("colophon");
        paper_.frame = {{label("made"), texts_.forms().day(notice_.generated_at)},
                        {label("by"), without_marks(facts_.controller.name)}};
        in_short();
        who();
        layer("account", Layer::Account);
        layer("server", Layer::Server);
        network();
        processors();
        open("must");
        say("must." + facts_.required);
        open("automated");
        say(notice_.automated.empty() ? "automated.none" : "automated.some", {{"text", notice_.automated}});
        rights();
        open("changes");
        say("changes.text", {{"day", texts_.forms().day(notice_.generated_at)}});
        return std::move(paper_);
    }

private:
    [[nodiscard]] const std::string& at(const std::string& key) const { return texts_.at("notice." + key); }
    [[nodiscard]] const std::string& label(const std::string& key) const { return texts_.at("label." + key); }

    void section(std::string id, std::string title, int level) {
        std::replace(id.begin(), id.end(), '_', '-');
        paper_.sections.push_back({std::move(id), std::move(title), level, {}});
    }
    void open(const std::string& name) { section(name, at(name + ".heading"), 2); }
    void add(Block block) { paper_.sections.back().blocks.push_back(std::move(block)); }
    void say(const std::string& key,
             const FillValues& values = {},
             const std::vector<FillCount>& counts = {}) {
        add(Paragraph{texts_.fill("notice." + key, values, counts), false});
    }

    void in_short() {
        const auto& figures = notice_.federation;
        section("short", at("short.heading"), 2);
        add(Paragraph{texts_.fill("notice.short.who", {{"name", facts_.controller.name}}), true});
        say("short.network");
        if (figures.recipients > 0) {
            say("short.figures", {}, {{"servers", figures.recipients, "servers"}});
        } else {
            say("short.figures_none");
        }
        say("short.rights", {{"contact", facts_.controller.contact}});
        say("short.layers");
    }

    void who() {
        open("who");
        say("who.text");
        const auto& controller = facts_.controller;
        Facts list;
        const auto fact = [&](const char* name, const std::string& value) {
            if (!value.empty()) {
                list.emplace_back(label(name), without_marks(value));
            }
        };
        fact("controller", controller.name);
        fact("address", facts_.address);
        fact("contact", controller.contact);
        fact("representative", facts_.representative);
        fact("dpo", controller.dpo == kNone ? at("who.none_dpo") : controller.dpo);
        for (const auto& each : facts_.joint) {
            fact("joint", each);
        }
        fact("authority", controller.authority);
        fact("servers_here", joined(facts_.hosts, texts_));
        add(FactList{list});
        if (!notice_.essence.empty()) {
            say("who.joint", {{"essence", notice_.essence}});
        }
    }

    void layer(const std::string& name, Layer wanted) {
        open(name);
        say(name + ".text");
        for (const auto& activity : notice_.activities) {
            if (layer_of(activity) == wanted) {
                entry(activity);
            }
        }
    }

    void entry(const ActivityEntry& activity) {
        section("activity-" + activity.code, activity.name, 3);
        add(FactList{entry_facts(activity)});
    }

    [[nodiscard]] static std::string marked(const std::string& article) {
        return kCiteBegins + article + kCiteEnds;
    }

    /// "a contract … (Art. 6(1)(b))"
    [[nodiscard]] std::string bases(const ActivityEntry& activity) const {
        std::string out;
        for (const auto& point : activity.legal_basis) {
            out += (out.empty() ? "" : texts_.forms().between()) + basis_words(point, texts_) + " " +
                   marked(point);
        }
        return out;
    }

    [[nodiscard]] Facts entry_facts(const ActivityEntry& activity) const {
        Facts list{{label("purpose"), activity.purpose},
                   {label("persons"), activity.persons},
                   {label("data"), activity.data},
                   {label("basis"), bases(activity)}};
        const auto optional = [&](const char* name, const std::string& value) {
            if (!value.empty()) {
                list.emplace_back(label(name), value);
            }
        };
        optional("law", activity.law);
        optional("interest", activity.interest);
        optional(
            "special",
            is_article(activity.special_basis) ? marked(activity.special_basis) : activity.special_basis);
        list.emplace_back(label("retention"), activity.retention);
        list.emplace_back(label("recipients"), activity.recipients);
        if (activity.source != "person") {
            list.emplace_back(label("source"), activity.source_words);
        }
        return list;
    }

    void network() {
        open("network");
        say("network.text");
        for (const auto& activity : notice_.activities) {
            if (activity.code == "federation") {
                entry(activity);
            }
        }
        sent();
        places();
        for (const auto& activity : notice_.activities) {
            if (activity.code == "remote_copies") {
                section("others", at("network.others_heading"), 3);
                say("network.others");
                add(FactList{entry_facts(activity)});
                say("network.no_letter");
            }
        }
    }

    void sent() {
        const auto& figures = notice_.federation;
        section("sent", at("network.sent_heading"), 3);
        if (!figures.since) {
            say("network.sent_none");
        } else {
            say("network.sent",
                {{"first", texts_.forms().day(*figures.since)}},
                {{"servers", figures.recipients, "servers"},
                 {"disclosures", figures.disclosures, "disclosures"}});
            std::vector<std::string> kinds;
            for (const auto kind : words_of(figures.categories)) {
                kinds.push_back(texts_.at("category." + std::string{kind} + ".word"));
            }
            say("network.kinds", {{"kinds", joined(kinds, texts_)}});
        }
        if (figures.unread > 0) {
            say("network.unread", {}, {{"servers", figures.unread, "servers"}});
        }
        if (figures.passing_on > 0) {
            say("network.relays", {}, {{"servers", figures.passing_on, "servers"}});
        }
        say("network.own_answer");
        say("network.public");
        say("network.erasure");
    }

    /// Of a CountryShare or a LargeRecipient.
    template <typename Share>
    [[nodiscard]] std::string country_name(const Share& share) const {
        return share.country ? texts_.at(word_key(*share.country))
               : share.hint  ? hinted_words(*share.hint, texts_.shared())
                             : label("unknown");
    }
    /// Of a CountryShare or a LargeRecipient.
    template <typename Share>
    [[nodiscard]] std::string basis_name(const Share& share) const {
        const auto words =
            safeguard_words(std::string{privacy::name_of(share.basis)}, share.decision, texts_);
        const auto declared = declared_reference(share.article, texts_);
        return declared.empty() ? words : words + " " + declared;
    }

    void places() {
        const auto& figures = notice_.federation;
        section("countries", at("network.countries_heading"), 3);
        say("network.intended");
        if (figures.recipients == 0) {
            say("network.countries_none");
            say("network.copy");
            return;
        }
        say("network.countries");
        if (const auto there = figures.undocumented - figures.undocumented_nowhere; there > 0) {
            say("network.none_on_record", {}, {{"servers", there, "servers"}});
        }
        if (const auto nowhere = figures.undocumented_nowhere; nowhere > 0) {
            say("network.country_unknown", {}, {{"servers", nowhere, "servers"}});
        }
        say("network.copy");
        Grid places{at("network.countries_heading"),
                    {{label("country")}, {label("servers"), true}, {label("transfer_basis")}},
                    {}};
        for (const auto& place : figures.places) {
            places.rows.push_back(
                {country_name(place), texts_.forms().number(place.servers), basis_name(place)});
        }
        add(std::move(places));
        section("software", at("network.software_heading"), 3);
        Grid software{at("network.software_heading"), {{label("software")}, {label("servers"), true}}, {}};
        std::uint64_t rest = 0;
        for (const auto& each : figures.software) {
            if (software.rows.size() == kMostSoftwareNamed) {
                rest += each.servers;
                continue;
            }
            software.rows.push_back({each.software.empty() ? label("unknown") : without_marks(each.software),
                                     texts_.forms().number(each.servers)});
        }
        if (rest > 0) {
            software.rows.push_back({label("rest"), texts_.forms().number(rest)});
        }
        add(std::move(software));
        largest();
    }

    void largest() {
        const auto& figures = notice_.federation;
        if (figures.largest.empty()) {
            return;
        }
        section("largest", at("network.largest_heading"), 3);
        say("network.largest");
        Grid grid{at("network.largest_heading"),
                  {{label("server")},
                   {label("disclosures"), true},
                   {label("software")},
                   {label("country")},
                   {label("transfer_basis")}},
                  {}};
        for (const auto& one : figures.largest) {
            grid.rows.push_back({one.host.text(),
                                 texts_.forms().number(one.disclosures),
                                 one.software.empty() ? label("unknown") : without_marks(one.software),
                                 country_name(one),
                                 basis_name(one)});
        }
        add(std::move(grid));
    }

    void processors() {
        open("processors");
        if (facts_.processors.empty()) {
            say("processors.none");
            return;
        }
        say("processors.text");
        Grid grid{at("processors.heading"),
                  {{label("recipients")}, {label("service")}, {label("country")}, {label("safeguard")}},
                  {}};
        for (const auto& each : facts_.processors) {
            const auto country = privacy::Country::parse(each.country);
            grid.rows.push_back({without_marks(each.name),
                                 texts_.at("service." + each.service),
                                 country ? texts_.at(word_key(*country)) : each.country,
                                 safeguard_words(safeguard_code(each), safeguard_decision(each), texts_)});
        }
        add(std::move(grid));
    }

    void rights() {
        open("object");
        say("object.text");
        open("rights");
        say("rights.text");
        Bullets list;
        for (const auto* article : {"15", "16", "17", "18", "19", "20", "7"}) {
            list.items.push_back(at("rights." + std::string{article}));
        }
        list.items.push_back(texts_.fill("notice.rights.77", {{"authority", facts_.controller.authority}}));
        add(std::move(list));
    }

    const PrivacyNotice& notice_;
    const OperatorFacts& facts_;
    const PaperTexts& texts_;
    Paper paper_;
};

}  // namespace

Paper paper_of(const PrivacyNotice& notice, const PaperTexts& texts) {
    return NoticePaper{notice, texts}.take();
}

}  // namespace fedtrail::reports
