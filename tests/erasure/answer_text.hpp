/// An answer as people and programs read it.

#pragma once

#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "erasure/answer.hpp"
#include "erasure/schema.hpp"

/// In a namespace of its own: in fedtrail::testing its text_of() would hide that of octets.
namespace fedtrail::testing::answers {

inline erasure::AnswerController controller() {
    return {"Example Cooperative", "privacy@origin.example", "", "Autoriteit Persoonsgegevens"};
}

inline std::string text_of(const erasure::Answer& answer, const std::string& language = "en") {
    const auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", language);
    REQUIRE(words);
    const auto text = erasure::render_answer_text(answer, controller(), *words);
    REQUIRE(text);
    return *text;
}

inline nlohmann::json json_of(const erasure::Answer& answer) {
    const auto text = erasure::render_answer_json(answer, controller());
    CHECK(schema_faults("erasure-answer.schema.json", text).empty());
    return nlohmann::json::parse(text);
}

inline bool mentions(const std::string& text, const std::string& words) {
    return text.find(words) != std::string::npos;
}

}  // namespace fedtrail::testing::answers
