/// The words of the answer to a request for erasure, in one language.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/fediverse/notice.hpp"
#include "fedtrail/privacy/erasure_request.hpp"

#include "language/flat_texts.hpp"
#include "language/forms.hpp"

namespace fedtrail::erasure {

struct AnswerWords {
    std::string text;       ///< Mustache; `{{>name}}` stands for a part.
    language::Texts parts;  ///< Mustache, by name.
    language::Forms forms;

    /// What became of a server: what `{{>state}}` stands for; without a state it was not told. Terminates if
    /// load_answer_words() did not demand it; so does the next.
    [[nodiscard]] const std::string& of(std::optional<fediverse::NoticeState> state) const;
    /// Why something is not erased: what `{{>ground}}` stands for.
    [[nodiscard]] const std::string& of(privacy::RefusalGround ground) const;
};

/// Reads `policies`/texts/`language`/erasure-answer.md.mustache, erasure-answer.json and forms.json. Errors:
/// NotFound (no answers in this language), Invalid (a file cannot be read, is no Mustache, leaves out a
/// plural form, or names a part that there is not; a part is missing or never ends).
[[nodiscard]] Result<AnswerWords> load_answer_words(const std::string& policies, std::string_view language);

}  // namespace fedtrail::erasure
