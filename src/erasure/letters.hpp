/// Letters to operators of other servers: from facts and a text in some language to what is sent.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"

#include "language/flat_texts.hpp"
#include "language/forms.hpp"

namespace fedtrail::erasure {

/// The controller as a letter names it.
struct LetterSender {
    std::string name;
    std::string contact;  ///< Mail address or page.
    std::string dpo;      ///< "" if there is none.
};

/// What a letter says. Of the person nothing but the URIs.
struct LetterFacts {
    LetterSender controller;
    Host origin;
    Host recipient;
    std::string reference;  ///< Names the case to us and nobody else: "7-12".
    Instant at{};
    bool account{};                             ///< The account was erased, not objects alone.
    std::vector<Personal<std::string>> things;  ///< URIs.
    std::uint64_t more{};                       ///< Left out of `things`.
    std::optional<Instant> acknowledged_at;
    std::optional<Instant> seen_at;  ///< A look found the copy.
    std::optional<Instant> first_letter_at;
    bool from_us{};  ///< It has the data from us (Art. 19), not from others alone (Art. 17(2)).
    bool told{};     ///< As records::was_told(): messages can be spoken of.
    bool refused{};
    bool unreachable{};      ///< It was tried, and nothing arrived.
    bool failing{};          ///< Something left for it, and it confirmed nothing.
    bool not_sent{};         ///< Nothing was tried.
    std::uint16_t status{};  ///< Of the refusal or failure; 0 if there was none.
};

struct WrittenLetter {
    std::string subject;
    std::string text;
    std::string language;  ///< Of what stands first; BCP 47.
    std::string note;      ///< What the record says of the choice of language; may be empty.
};

/// Immutable after load().
class LetterTexts {
public:
    /// Reads `policies`/texts/<language>/letters/*.mustache of every language that has any, their
    /// parts/*.mustache and its forms.json. A letter: comments, a line "Subject: …", an empty line, the text,
    /// in which `{{>name}}` stands for a part. A part: comments, the text. Errors: NotFound (no language has
    /// any), Invalid (one of them cannot be read, is no Mustache, leaves out a plural form of its language,
    /// names a part that there is not, or never ends).
    [[nodiscard]] static Result<LetterTexts> load(const std::string& policies);

    /// The letter in the recipient's language, if there is a text in it, and in ours. Where one is missing
    /// the note says so; English is the last resort. `wanted` and `ours` are BCP 47, "" is unknown. Errors:
    /// NotFound (no text of that name in any of the three).
    [[nodiscard]] Result<WrittenLetter> write(std::string_view name,
                                              std::string_view wanted,
                                              std::string_view ours,
                                              const LetterFacts& facts) const;

    [[nodiscard]] bool has(std::string_view name, std::string_view language) const;

private:
    struct Template {
        std::string subject;
        std::string text;
    };
    struct Language {
        language::Forms forms;
        language::Texts parts;                                 ///< By name.
        std::map<std::string, Template, std::less<>> letters;  ///< By name.
    };
    struct Found {
        std::string tag;
        const Template* text{};
        const Language* language{};
    };

    [[nodiscard]] static Result<Template> read(const std::string& path, const Language& language);
    [[nodiscard]] static Result<Language> read_language(const std::string& policies,
                                                        const std::string& language);
    /// "de" serves "de-AT".
    [[nodiscard]] std::optional<Found> find(std::string_view name, std::string_view language) const;

    std::map<std::string, Language, std::less<>> languages_;
};

}  // namespace fedtrail::erasure
