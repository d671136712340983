#include <array>

#include "app/settings.hpp"

namespace fedtrail::app {

namespace {

constexpr std::array<std::string_view, 4> kRequired{"", "contract", "law", "no"};
constexpr std::array<std::string_view, 2> kNoneOrListed{"", "none"};
constexpr std::array<std::string_view, 2> kYesNo{"no", "yes"};
constexpr std::array<std::string_view, 4> kSources{"", "person", "others", "both"};
constexpr std::array<std::string_view, 8> kServices{
    "hosting", "storage", "mail", "backup", "delivery_network", "moderation", "monitoring", "other"};
constexpr std::array<std::string_view, 5> kSafeguards{"", "A45-3", "A46-2-b", "A46-2-c", "A49-1-a"};

const std::string& text(const SettingValue& value) {
    return std::get<std::string>(value);
}
const std::vector<std::string>& texts(const SettingValue& value) {
    return std::get<std::vector<std::string>>(value);
}
const ConfigWords& words(const SettingValue& value) {
    return std::get<WordsByLanguage>(value);
}

const std::array all_paper_settings{
    Setting{"notice.required",
            Shape::Choice,
            R"("")",
            "Whether people must give data to have an account, and why (Art. 13(2)(e)).",
            [](Config& c, const SettingValue& v) { c.notice.required = text(v); },
            0,
            0,
            kRequired},
    Setting{"notice.automated_decisions",
            Shape::Words,
            R"("")",
            "\"none\", or what machines alone decide about people, by which logic and with which effects "
            "(Art. 13(2)(f), 22).",
            [](Config& c, const SettingValue& v) { c.notice.automated = words(v); }},
    Setting{"notice.dpo",
            Shape::Choice,
            R"("")",
            "\"none\" if no data protection officer was appointed; else controller.dpo names them "
            "(Art. 13(1)(b)).",
            [](Config& c, const SettingValue& v) { c.notice.dpo = text(v); },
            0,
            0,
            kNoneOrListed},
    Setting{"notice.processors",
            Shape::Choice,
            R"("")",
            "\"none\" if nobody processes data for the controller; else write a [[processor]] for each "
            "(Art. 13(1)(e), 28).",
            [](Config& c, const SettingValue& v) { c.notice.processors = text(v); },
            0,
            0,
            kNoneOrListed},
    Setting{"notice.joint_essence",
            Shape::Words,
            R"("")",
            "The essence of the arrangement with joint controllers (Art. 26(2)).",
            [](Config& c, const SettingValue& v) { c.notice.essence = words(v); }},
    Setting{"notice.largest",
            Shape::Count,
            "10",
            "How many of the largest recipients the notice names.",
            [](Config& c, const SettingValue& v) {
                c.notice.largest = static_cast<std::uint64_t>(std::get<std::int64_t>(v));
            },
            0,
            50},
    Setting{
        "ropa.measures",
        Shape::Texts,
        "[]",
        "Technical and organisational measures (Art. 30(1)(g), 32): tls, disk_encryption, backups, "
        "access_control, two_factor, updates, logging, pseudonyms, training, contracts, or your own words.",
        [](Config& c, const SettingValue& v) { c.record.measures = texts(v); }},
    Setting{"ropa.created",
            Shape::MaybeDay,
            R"("")",
            "The day the record was first made, as \"2026-11-22\".",
            [](Config& c, const SettingValue& v) { c.record.created = text(v); }},
    Setting{"ropa.updated",
            Shape::MaybeDay,
            R"("")",
            "The day you last looked through it.",
            [](Config& c, const SettingValue& v) { c.record.updated = text(v); }},
    Setting{
        "processing.activity",
        Shape::Word,
        "",
        "accounts, publishing, federation, remote_copies, moderation, logs, backups, ledger, or a word of "
        "your own. The first eight are known and need no more than a basis and a retention; of your own "
        "say all of it.",
        [](Config& c, const SettingValue& v) { c.processings.back().activity = text(v); }},
    Setting{"processing.done",
            Shape::Choice,
            R"("yes")",
            "\"no\" if you do not do it at all.",
            [](Config& c, const SettingValue& v) { c.processings.back().done = text(v) == "yes"; },
            0,
            0,
            kYesNo},
    Setting{"processing.legal_basis",
            Shape::Bases,
            "[]",
            "Points of Art. 6(1), as \"6(1)(b)\" (Art. 13(1)(c)). Fedtrail never guesses one.",
            [](Config& c, const SettingValue& v) { c.processings.back().legal_basis = texts(v); }},
    Setting{"processing.law",
            Shape::Words,
            R"("")",
            "The law that 6(1)(c) or 6(1)(e) rests on (Art. 6(3)).",
            [](Config& c, const SettingValue& v) { c.processings.back().law = words(v); }},
    Setting{"processing.legitimate_interest",
            Shape::Words,
            R"("")",
            "The interest, where 6(1)(f) is the basis (Art. 13(1)(d)).",
            [](Config& c, const SettingValue& v) { c.processings.back().legitimate_interest = words(v); }},
    Setting{"processing.balancing",
            Shape::Text,
            R"("")",
            "Where the balancing of that interest is written down.",
            [](Config& c, const SettingValue& v) { c.processings.back().balancing = text(v); }},
    Setting{"processing.special_basis",
            Shape::Text,
            R"("")",
            "The point of Art. 9(2) for special categories of data, as \"9(2)(e)\".",
            [](Config& c, const SettingValue& v) { c.processings.back().special_basis = text(v); }},
    Setting{
        "processing.retention",
        Shape::Words,
        R"("")",
        "How long (Art. 13(2)(a), 30(1)(f)): \"90d\", \"12m\", \"3y\"; \"account\" or \"item\", as "
        "long as that exists, \"account+30d\" and so much longer; or your own words. Of the ledger it may be "
        "left out: policies/retention.json says it.",
        [](Config& c, const SettingValue& v) { c.processings.back().retention = words(v); }},
    Setting{"processing.name",
            Shape::Words,
            R"("")",
            "What the activity is called.",
            [](Config& c, const SettingValue& v) { c.processings.back().name = words(v); }},
    Setting{"processing.purpose",
            Shape::Words,
            R"("")",
            "What it is for, in place of the text that is known (Art. 13(1)(c)).",
            [](Config& c, const SettingValue& v) { c.processings.back().purpose = words(v); }},
    Setting{"processing.sub_purposes",
            Shape::Words,
            R"("")",
            "What the purpose is made of, if it has parts; for the record alone.",
            [](Config& c, const SettingValue& v) { c.processings.back().sub_purposes = words(v); }},
    Setting{"processing.persons",
            Shape::Words,
            R"("")",
            "Whose data (Art. 30(1)(c)).",
            [](Config& c, const SettingValue& v) { c.processings.back().persons = words(v); }},
    Setting{"processing.data",
            Shape::Words,
            R"("")",
            "Which categories of data (Art. 14(1)(d), 30(1)(c)).",
            [](Config& c, const SettingValue& v) { c.processings.back().data = words(v); }},
    Setting{"processing.recipients",
            Shape::Words,
            R"("")",
            "Who gets them (Art. 13(1)(e)).",
            [](Config& c, const SettingValue& v) { c.processings.back().recipients = words(v); }},
    Setting{"processing.source",
            Shape::Choice,
            R"("")",
            "Where the data comes from: the person, others, or both (Art. 14(2)(f)).",
            [](Config& c, const SettingValue& v) { c.processings.back().source = text(v); },
            0,
            0,
            kSources},
    Setting{"processing.assessment",
            Shape::Text,
            R"("")",
            "Where its impact assessment is written down (Art. 35).",
            [](Config& c, const SettingValue& v) { c.processings.back().assessment = text(v); }},
    Setting{"processing.consents",
            Shape::Text,
            R"("")",
            "Where the consents are recorded that it rests on (Art. 7(1)).",
            [](Config& c, const SettingValue& v) { c.processings.back().consents = text(v); }},
    Setting{"processing.location",
            Shape::Text,
            R"("")",
            "Where its data lies.",
            [](Config& c, const SettingValue& v) { c.processings.back().location = text(v); }},
    Setting{"processing.breaches",
            Shape::Text,
            R"("")",
            "Breaches of its data, and where they are recorded (Art. 33(5)).",
            [](Config& c, const SettingValue& v) { c.processings.back().breaches = text(v); }},
    Setting{"processor.name",
            Shape::Text,
            "",
            "Who processes data for the controller (Art. 28).",
            [](Config& c, const SettingValue& v) { c.processors.back().name = text(v); }},
    Setting{"processor.service",
            Shape::Choice,
            "",
            "What for.",
            [](Config& c, const SettingValue& v) { c.processors.back().service = text(v); },
            0,
            0,
            kServices},
    Setting{"processor.country",
            Shape::Country,
            "",
            "Where it is established, ISO 3166-1 alpha-2.",
            [](Config& c, const SettingValue& v) { c.processors.back().country = text(v); }},
    Setting{"processor.safeguard",
            Shape::Choice,
            R"("")",
            "On what the transfer rests; needed outside the EEA (Art. 13(1)(f)).",
            [](Config& c, const SettingValue& v) { c.processors.back().safeguard = text(v); },
            0,
            0,
            kSafeguards},
    Setting{"processor.contract",
            Shape::Text,
            R"("")",
            "Where the contract with it is written down (Art. 28(3)); for the record alone.",
            [](Config& c, const SettingValue& v) { c.processors.back().contract = text(v); }},
    Setting{"processor.safeguard_document",
            Shape::Text,
            R"("")",
            "Where the safeguard is written down (Art. 30(1)(e)); for the record alone.",
            [](Config& c, const SettingValue& v) { c.processors.back().safeguard_document = text(v); }},
};

}  // namespace

std::span<const Setting> paper_settings() {
    return all_paper_settings;
}

}  // namespace fedtrail::app
