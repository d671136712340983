#include "reports/shared_words.hpp"

#include <vector>

#include "reports/recipient_terms.hpp"
#include "reports/report_texts.hpp"
#include "reports/text_files.hpp"

namespace fedtrail::reports {

namespace {

void add_pair(std::vector<std::string>& keys, const std::string& stem) {
    keys.push_back(stem + ".word");
    keys.push_back(stem + ".meaning");
}

/// Everything recipients.json must have.
std::vector<std::string> recipient_words() {
    std::vector<std::string> keys{"cite.article",
                                  "cite.paragraph",
                                  "cite.point",
                                  "cite.letter",
                                  "cite.second_subparagraph",
                                  "place.hinted"};
    for (const auto kind : kBases) {
        add_pair(keys, word_key(kind));
    }
    for (const auto reason : kReasons) {
        keys.push_back(word_key(reason));
    }
    for (const auto source : kCountrySources) {
        add_pair(keys, word_key(source));
    }
    for (const auto confidence : kConfidences) {
        keys.push_back(word_key(confidence));
    }
    for (const auto& mark : kMarks) {
        add_pair(keys, "mark." + std::string{mark.name});
    }
    add_pair(keys, word_key(std::optional<fediverse::NoticeState>{}));
    for (const auto state : kNoticeStates) {
        add_pair(keys, word_key(std::optional{state}));
    }
    return keys;
}

/// Every code of ISO 3166-1 that there is.
std::vector<std::string> country_names() {
    std::vector<std::string> keys;
    const auto add = [&keys](const std::string& code) {
        if (const auto country = privacy::Country::parse(code); country && country->code() == code) {
            keys.push_back(word_key(*country));
        }
    };
    for (char first = 'A'; first <= 'Z'; ++first) {
        for (char second = 'A'; second <= 'Z'; ++second) {
            add(std::string{first, second});
        }
    }
    return keys;
}

Result<language::Texts> complete(const std::string& path,
                                 const language::Forms& forms,
                                 const std::vector<std::string>& needed) {
    auto texts = read_texts(path, forms);
    if (!texts) {
        return fail(texts);
    }
    for (const auto& key : needed) {
        if (texts->find(key) == texts->end()) {
            return bad_file(path, "lacks the text \"" + key + "\"");
        }
    }
    for (auto about = texts->lower_bound("about."); about != texts->end();) {
        about = about->first.compare(0, 6, "about.") == 0 ? texts->erase(about) : texts->end();
    }
    return texts;
}

}  // namespace

Result<language::Texts> shared_words(const std::string& policies, const language::Forms& forms) {
    const auto folder = policies + "/texts/" + forms.language();
    auto words = complete(folder + "/recipients.json", forms, recipient_words());
    if (!words) {
        return fail(words);
    }
    auto countries = complete(folder + "/countries.json", forms, country_names());
    if (!countries) {
        return fail(countries);
    }
    words->merge(*countries);
    return words;
}

std::string operator_words(const records::RecipientCard& card, const ReportTexts& texts) {
    const auto& name = card.operator_name.reveal();
    if (name.empty() || card.operator_source.empty()) {
        return name;
    }
    return name + " (" + texts.at("country_source." + card.operator_source + ".word") + ")";
}

std::string hinted_words(const privacy::Country& hint, const ReportTexts& texts) {
    return texts.fill("place.hinted", {{"country", texts.at(word_key(hint))}});
}

std::string word_key(const privacy::Country& country) {
    return "country." + std::string{country.code()};
}

std::string word_key(privacy::BasisKind kind) {
    return "basis." + std::string{name_of(kind)};
}

std::string word_key(privacy::BasisReason reason) {
    return "basis_reason." + std::string{name_of(reason)};
}

std::string word_key(records::CountrySource source) {
    return "country_source." + std::string{name_of(source)};
}

std::string word_key(records::Confidence confidence) {
    return "confidence." + std::string{name_of(confidence)};
}

std::string word_key(std::optional<fediverse::NoticeState> of) {
    return "deletion." + std::string{of ? name_of(*of) : std::string_view{"not_asked"}};
}

}  // namespace fedtrail::reports
