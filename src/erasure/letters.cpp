#include "erasure/letters.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <kainjow/mustache.hpp>

#include "erasure/text_files.hpp"
#include "language/parts.hpp"
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

data values_of(const LetterFacts& facts, const language::Forms& forms, const language::Texts& parts) {
    const auto day = [&forms](std::optional<Instant> at) { return at ? forms.day(*at) : std::string{}; };
    data all;
    for (const auto& [name, part] : parts) {
        all.set(name, part);
    }
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

/// A file without the comments in its first lines.
Result<std::string> read_uncommented(const std::string& path) {
    auto text = read_text_file(path);
    while (text && text->starts_with("{{!")) {
        text->erase(0, std::min(text->size(), text->find('\n')) + 1);
    }
    return text;
}

/// The Mustache files of a folder by their name; none where there is no folder.
std::map<std::string, std::string> mustache_files(const fs::path& folder) {
    std::map<std::string, std::string> files;
    std::error_code fault;
    for (const auto& file : fs::directory_iterator{folder, fault}) {
        if (file.path().extension() == kEnding) {
            files.emplace(file.path().stem().string(), file.path().string());
        }
    }
    return files;
}

/// The parts of a language's letters. Without the last line end: that of the letter comes behind it.
Result<language::Texts> read_letter_parts(const fs::path& folder, const language::Forms& forms) {
    language::Texts parts;
    for (const auto& [name, path] : mustache_files(folder)) {
        auto text = read_uncommented(path);
        if (!text) {
            return fail(text);
        }
        if (auto checked = check_mustache(path, *text, forms); !checked) {
            return fail(checked);
        }
        if (text->ends_with('\n')) {
            text->pop_back();
        }
        parts.emplace(name, *std::move(text));
    }
    return parts;
}

}  // namespace

Result<LetterTexts::Template> LetterTexts::read(const std::string& path, const Language& language) {
    const auto content = read_uncommented(path);
    if (!content) {
        return fail(content);
    }
    const auto& text = *content;
    const auto end = text.find('\n');
    if (text.compare(0, kSubject.size(), kSubject) != 0 || end == std::string::npos ||
        text[end + 1] != '\n') {
        return bad_file(path, "does not begin with a subject and an empty line");
    }
    Template letter{text.substr(kSubject.size(), end - kSubject.size()), text.substr(end + 2)};
    for (const auto* part : {&letter.subject, &letter.text}) {
        if (auto checked = check_mustache(path, *part, language.forms); !checked) {
            return fail(checked);
        }
        if (const auto fault = language::parts_fault(*part, language.parts); !fault.empty()) {
            return bad_file(path, fault);
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
    const auto folder = fs::path{policies} / "texts" / language / "letters";
    auto parts = read_letter_parts(folder / "parts", *forms);
    if (!parts) {
        return fail(parts);
    }
    Language read_in{*std::move(forms), *std::move(parts), {}};
    for (const auto& [name, path] : mustache_files(folder)) {
        auto letter = read(path, read_in);
        if (!letter) {
            return fail(letter);
        }
        read_in.letters.emplace(name, std::move(*letter));
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
            return Found{std::string{part}, &text->second, &texts->second};
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
    std::vector<Found> versions;
    const auto add = [&](std::string_view tag, const char* whose) {
        auto found = find(name, tag);
        if (!found) {
            written.note.append(written.note.empty() ? "" : "; ")
                .append("there is no text in ")
                .append(language::is_tag(tag) ? std::string{whose} + " (" + std::string{tag} + ")" : "it");
        } else if (versions.empty() || versions.front().tag != found->tag) {
            versions.push_back(std::move(*found));
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
    if (versions.empty()) {
        add("en", "English");
    }
    if (versions.empty()) {
        return fail(ErrorKind::NotFound,
                    "there is no text of a letter called " + std::string{name},
                    "see the names in policies/escalation.json and the files in policies/texts/en/letters");
    }
    const auto written_in = [&facts](const Found& found, const std::string& text) {
        return filled(text, values_of(facts, found.language->forms, found.language->parts));
    };
    written.language = versions.front().tag;
    written.subject = written_in(versions.front(), versions.front().text->subject);
    for (const auto& version : versions) {
        written.text.append(written.text.empty() ? "" : kBetween)
            .append(squeezed(written_in(version, version.text->text)));
    }
    return written;
}

}  // namespace fedtrail::erasure
