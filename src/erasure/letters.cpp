#include "erasure/letters.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <kainjow/mustache.hpp>

#include "erasure/text_files.hpp"
#include "language/tag.hpp"

namespace fedtrail::erasure {

namespace {

namespace fs = std::filesystem;
using kainjow::mustache::data;
using kainjow::mustache::mustache;

constexpr std::string_view kSubject = "Subject: ";
constexpr std::string_view kEnding = ".mustache";
constexpr const char* kBetween = "\n\n* * *\n\n";

/// A name with a value opens its section, an empty one does not.
void put(data& all, const std::string& name, const std::string& value) {
    all.set(name, value.empty() ? data{false} : data{value});
}

data values_of(const LetterFacts& facts, const language::Forms& forms) {
    const auto day = [&forms](std::optional<Instant> at) { return at ? forms.day(*at) : std::string{}; };
    data all;
    put(all, "controller", facts.controller.name);
    put(all, "contact", facts.controller.contact);
    put(all, "dpo", facts.controller.dpo);
    put(all, "origin", facts.origin.text());
    put(all, "recipient", facts.recipient.text());
    put(all, "reference", facts.reference);
    put(all, "date", day(facts.at));
    put(all, "more", facts.more == 0 ? "" : forms.number(facts.more));
    all.set(forms.section("more", facts.more), data{facts.more != 0});
    put(all, "acknowledged_on", day(facts.acknowledged_at));
    put(all, "seen_on", day(facts.seen_at));
    put(all, "first_letter_on", day(facts.first_letter_at));
    put(all, "status", facts.status == 0 ? "" : std::to_string(facts.status));
    all.set("account", data{facts.account});
    all.set("from_us", data{facts.from_us});
    all.set("refused", data{facts.refused});
    all.set("unreachable", data{facts.unreachable});
    all.set("failing", data{facts.failing});
    all.set("not_sent", data{facts.not_sent});
    all.set("told", data{facts.told});
    data things{data::type::list};
    for (const auto& uri : facts.things) {
        data thing;
        thing.set("uri", uri.reveal());
        things.push_back(thing);
    }
    all.set("things", things);
    return all;
}

std::string filled(const std::string& text, const data& values) {
    mustache form{text};
    form.set_custom_escape([](const std::string& value) { return value; });  // plain text, no page
    return form.render(values);
}

/// Sections that are left out leave their line ends behind: one empty line is enough.
std::string squeezed(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const bool third =
            c == '\n' &&
            (out.empty() || (out.size() > 1 && out.back() == '\n' && out[out.size() - 2] == '\n'));
        if (!third) {
            out += c;
        }
    }
    return out;
}

}  // namespace

Result<LetterTexts::Template> LetterTexts::read(const std::string& path, const language::Forms& forms) {
    const auto content = read_text_file(path);
    if (!content) {
        return fail(content);
    }
    auto text = *content;
    while (text.compare(0, 3, "{{!") == 0) {
        text.erase(0, std::min(text.size(), text.find('\n')) + 1);
    }
    const auto end = text.find('\n');
    if (text.compare(0, kSubject.size(), kSubject) != 0 || end == std::string::npos ||
        text[end + 1] != '\n') {
        return bad_file(path, "does not begin with a subject and an empty line");
    }
    Template letter{text.substr(kSubject.size(), end - kSubject.size()), text.substr(end + 2)};
    for (const auto* part : {&letter.subject, &letter.text}) {
        if (auto checked = check_mustache(path, *part, forms); !checked) {
            return fail(checked);
        }
    }
    return letter;
}

Result<LetterTexts::Language> LetterTexts::read_language(const std::string& policies,
                                                         const std::string& language) {
    auto forms = read_forms(policies, language);
    if (!forms) {
        return fail(forms);
    }
    Language read_in{std::move(*forms), {}};
    std::error_code fault;
    for (const auto& file :
         fs::directory_iterator{fs::path{policies} / "texts" / language / "letters", fault}) {
        const auto name = file.path().filename().string();
        if (file.path().extension() != kEnding) {
            continue;
        }
        auto letter = read(file.path().string(), read_in.forms);
        if (!letter) {
            return fail(letter);
        }
        read_in.letters.emplace(name.substr(0, name.size() - kEnding.size()), std::move(*letter));
    }
    return read_in;
}

Result<LetterTexts> LetterTexts::load(const std::string& policies) {
    LetterTexts texts;
    std::error_code fault;
    for (const auto& folder : fs::directory_iterator{fs::path{policies} / "texts", fault}) {
        const auto name = folder.path().filename().string();
        std::error_code none;
        if (!language::is_tag(name) || !fs::is_directory(folder.path() / "letters", none)) {
            continue;
        }
        auto one = read_language(policies, name);
        if (!one) {
            return fail(one);
        }
        texts.languages_.emplace(language::lower(name), std::move(*one));
    }
    if (texts.languages_.empty()) {
        return fail(ErrorKind::NotFound,
                    policies + "/texts has no letters in any language",
                    "restore texts/en/letters from the release");
    }
    return texts;
}

std::optional<LetterTexts::Found> LetterTexts::find(std::string_view name, std::string_view wanted) const {
    const auto tag = language::lower(wanted);
    for (const auto part : {std::string_view{tag}, language::primary(tag)}) {
        const auto texts = languages_.find(part);
        if (texts == languages_.end()) {
            continue;
        }
        const auto text = texts->second.letters.find(name);
        if (text != texts->second.letters.end()) {
            return Found{std::string{part}, &text->second, &texts->second.forms};
        }
    }
    return std::nullopt;
}

bool LetterTexts::has(std::string_view name, std::string_view language) const {
    return find(name, language).has_value();
}

Result<WrittenLetter> LetterTexts::write(std::string_view name,
                                         std::string_view wanted,
                                         std::string_view ours,
                                         const LetterFacts& facts) const {
    WrittenLetter written;
    std::vector<Found> parts;
    const auto add = [&](std::string_view tag, const char* whose) {
        auto found = find(name, tag);
        if (!found) {
            written.note.append(written.note.empty() ? "" : "; ")
                .append("there is no text in ")
                .append(language::is_tag(tag) ? std::string{whose} + " (" + std::string{tag} + ")" : "it");
        } else if (parts.empty() || parts.front().tag != found->tag) {
            parts.push_back(std::move(*found));
        }
    };
    if (wanted.empty()) {
        written.note = "the recipient's language is not known";
    } else {
        add(wanted, "the recipient's language");
    }
    if (!ours.empty()) {
        add(ours, "our language");
    }
    if (parts.empty()) {
        add("en", "English");
    }
    if (parts.empty()) {
        return fail(ErrorKind::NotFound,
                    "there is no text of a letter called " + std::string{name},
                    "see the names in policies/escalation.json and the files in policies/texts/en/letters");
    }
    written.language = parts.front().tag;
    written.subject = filled(parts.front().text->subject, values_of(facts, *parts.front().forms));
    for (const auto& part : parts) {
        written.text.append(written.text.empty() ? "" : kBetween)
            .append(squeezed(filled(part.text->text, values_of(facts, *part.forms))));
    }
    return written;
}

}  // namespace fedtrail::erasure
