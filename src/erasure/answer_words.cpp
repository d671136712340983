#include "erasure/answer_words.hpp"

#include <exception>
#include <fstream>
#include <utility>
#include <vector>

#include "erasure/text_files.hpp"
#include "language/parts.hpp"
#include "language/tag.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::NoticeState;
using privacy::RefusalGround;

/// Names that stand for one of several parts, as "state" for "state.sent".
constexpr std::string_view kStateParts = "state";
constexpr std::string_view kGroundParts = "ground";

std::string part_of(std::string_view group, std::string_view name) {
    return std::string{group}.append(".").append(name);
}

std::string part_of(std::optional<NoticeState> state) {
    return part_of(kStateParts, state ? fediverse::name_of(*state) : "not_told");
}

std::string part_of(RefusalGround ground) {
    switch (ground) {
        case RefusalGround::Expression:
            return part_of(kGroundParts, "expression");
        case RefusalGround::LegalObligation:
            return part_of(kGroundParts, "legal_obligation");
        case RefusalGround::PublicHealth:
            return part_of(kGroundParts, "public_health");
        case RefusalGround::Archiving:
            return part_of(kGroundParts, "archiving");
        case RefusalGround::LegalClaims:
            return part_of(kGroundParts, "legal_claims");
        case RefusalGround::ManifestlyUnfounded:
            return part_of(kGroundParts, "unfounded");
        case RefusalGround::Excessive:
            return part_of(kGroundParts, "excessive");
        case RefusalGround::NotIdentified:
            return part_of(kGroundParts, "not_identified");
        case RefusalGround::NoGround:
            break;
    }
    return part_of(kGroundParts, "no_ground");
}

/// The parts that an answer can ask for by itself.
std::vector<std::string> chosen_parts() {
    std::vector<std::string> names{part_of(std::nullopt)};
    for (auto i = 0; i <= static_cast<int>(NoticeState::Disproportionate); ++i) {
        names.push_back(part_of(static_cast<NoticeState>(i)));
    }
    for (auto i = 0; i <= static_cast<int>(RefusalGround::NoGround); ++i) {
        names.push_back(part_of(static_cast<RefusalGround>(i)));
    }
    return names;
}

/// `parts`, and under the name of a group all that it can stand for.
language::Texts with_groups(language::Texts parts) {
    for (const auto group : {kStateParts, kGroundParts}) {
        std::string all;
        for (const auto& [name, text] : parts) {
            all.append(name.starts_with(part_of(group, "")) ? text : "");
        }
        parts.emplace(group, std::move(all));
    }
    return parts;
}

Result<language::Texts> read_parts(const std::string& path, const language::Forms& forms) {
    const auto json = read_text_file(path);
    if (!json) {
        return fail(json);
    }
    auto parts = language::flat_texts(*json);
    if (!parts) {
        return bad_file(path, "is not a JSON object of texts");
    }
    std::erase_if(*parts, [](const auto& part) { return part.first.starts_with("about."); });
    for (const auto& name : chosen_parts()) {
        if (!parts->contains(name)) {
            return bad_file(path, "lacks the text \"" + name + "\"");
        }
    }
    for (const auto& [name, text] : *parts) {
        std::string place = path;
        place.append(", \"").append(name).append("\"");
        if (auto checked = check_mustache(place, text, forms); !checked) {
            return fail(checked);
        }
    }
    return *std::move(parts);
}

const std::string& demanded(const language::Texts& parts, const std::string& name) {
    const auto found = parts.find(name);
    if (found == parts.end()) {
        std::terminate();  // chosen_parts() forgot it: a bug of ours
    }
    return found->second;
}

}  // namespace

const std::string& AnswerWords::of(std::optional<fediverse::NoticeState> state) const {
    return demanded(parts, part_of(state));
}

const std::string& AnswerWords::of(privacy::RefusalGround ground) const {
    return demanded(parts, part_of(ground));
}

Result<AnswerWords> load_answer_words(const std::string& policies, std::string_view language) {
    const auto stem = policies + "/texts/" + std::string{language} + "/erasure-answer";
    const auto path = stem + ".md.mustache";
    if (!language::is_tag(language) || !std::ifstream{path}) {
        return fail(ErrorKind::NotFound,
                    "there are no texts of answers in this language: " +
                        (language::is_tag(language) ? path + " is missing" : "it is no language"),
                    "use a language that has a folder in " + policies + "/texts");
    }
    auto forms = read_forms(policies, language);
    auto text = read_text_file(path);
    if (!forms || !text) {
        return forms ? fail(text) : fail(forms);
    }
    auto parts = read_parts(stem + ".json", *forms);
    if (!parts) {
        return fail(parts);
    }
    if (auto checked = check_mustache(path, *text, *forms); !checked) {
        return fail(checked);
    }
    if (const auto fault = language::parts_fault(*text, with_groups(*parts)); !fault.empty()) {
        return bad_file(path, fault);
    }
    return AnswerWords{*std::move(text), *std::move(parts), *std::move(forms)};
}

}  // namespace fedtrail::erasure
