#include "erasure/letters.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include <kainjow/mustache.hpp>

namespace fedtrail::erasure {

namespace {

namespace fs = std::filesystem;
using kainjow::mustache::data;
using kainjow::mustache::mustache;

constexpr std::size_t kMostText = std::size_t{64} * 1024;
constexpr std::string_view kSubject = "Subject: ";
constexpr std::string_view kEnding = ".mustache";
constexpr const char* kBetween = "\n\n* * *\n\n";

tl::unexpected<Error> bad_file(const std::string& path, const std::string& why) {
    return fail(ErrorKind::Invalid, path + ": " + why, "restore the file from the release");
}

std::string day(std::optional<Instant> at) {
    return at ? format_rfc3339(*at).substr(0, std::string_view{"2026-11-22"}.size()) : std::string{};
}

/// A name with a value opens its section, an empty one does not.
void put(data& all, const std::string& name, const std::string& value) {
    all.set(name, value.empty() ? data{false} : data{value});
}

data values_of(const LetterFacts& facts) {
    data all;
    put(all, "controller", facts.controller.name);
    put(all, "contact", facts.controller.contact);
    put(all, "dpo", facts.controller.dpo);
    put(all, "origin", facts.origin.text());
    put(all, "recipient", facts.recipient.text());
    put(all, "reference", facts.reference);
    put(all, "date", day(facts.at));
    put(all, "more", facts.more == 0 ? "" : std::to_string(facts.more));
    put(all, "acknowledged_on", day(facts.acknowledged_at));
    put(all, "seen_on", day(facts.seen_at));
    put(all, "first_letter_on", day(facts.first_letter_at));
    put(all, "status", facts.status == 0 ? "" : std::to_string(facts.status));
    all.set("account", data{facts.account});
    all.set("refused", data{facts.refused});
    all.set("unreachable", data{facts.unreachable});
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

std::string_view primary(std::string_view language) {
    return language.substr(0, language.find('-'));
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

/// Letters, digits and hyphens: a language is never a path.
bool is_tag(std::string_view text) {
    return !text.empty() && text.size() <= 35 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace

Result<LetterTexts::Template> LetterTexts::read(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream all;
    if (!file || !(all << file.rdbuf())) {
        return bad_file(path, "cannot be read");
    }
    auto text = std::move(all).str();
    if (text.size() > kMostText) {
        return bad_file(path, "is larger than 64 KiB");
    }
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
        if (mustache form{*part}; !form.is_valid()) {
            return bad_file(path, "has a broken {{placeholder}}");
        }
    }
    return letter;
}

Result<LetterTexts::Texts> LetterTexts::read_all(const std::string& folder) {
    Texts texts;
    std::error_code none;  // a language without letters is none
    for (const auto& file : fs::directory_iterator{folder, none}) {
        if (file.path().extension() != kEnding) {
            continue;
        }
        auto letter = read(file.path().string());
        if (!letter) {
            return fail(letter);
        }
        texts.emplace(file.path().stem().string(), std::move(*letter));
    }
    return texts;
}

Result<LetterTexts> LetterTexts::load(const std::string& policies) {
    LetterTexts texts;
    std::error_code fault;
    for (const auto& language : fs::directory_iterator{fs::path{policies} / "texts", fault}) {
        auto found = read_all((language.path() / "letters").string());
        if (!found) {
            return fail(found);
        }
        if (!found->empty()) {
            texts.languages_.emplace(lower(language.path().filename().string()), std::move(*found));
        }
    }
    if (texts.languages_.empty()) {
        return fail(ErrorKind::NotFound,
                    policies + "/texts has no letters in any language",
                    "restore texts/en/letters from the release");
    }
    return texts;
}

std::optional<LetterTexts::Found> LetterTexts::find(std::string_view name, std::string_view language) const {
    const auto wanted = lower(language);
    for (const auto tag : {std::string_view{wanted}, primary(wanted)}) {
        const auto texts = languages_.find(tag);
        if (texts == languages_.end()) {
            continue;
        }
        const auto text = texts->second.find(name);
        if (text != texts->second.end()) {
            return Found{std::string{tag}, &text->second};
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
    const auto add = [&](std::string_view language, const char* whose) {
        auto found = find(name, language);
        if (!found) {
            written.note.append(written.note.empty() ? "" : "; ")
                .append("there is no text in ")
                .append(is_tag(language) ? std::string{whose} + " (" + std::string{language} + ")" : "it");
        } else if (parts.empty() || parts.front().language != found->language) {
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
    const auto values = values_of(facts);
    written.language = parts.front().language;
    written.subject = filled(parts.front().text->subject, values);
    for (const auto& part : parts) {
        written.text.append(written.text.empty() ? "" : kBetween)
            .append(squeezed(filled(part.text->text, values)));
    }
    return written;
}

}  // namespace fedtrail::erasure
