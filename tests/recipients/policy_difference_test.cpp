#include "recipients/policy_difference.hpp"

#include <catch2/catch.hpp>

#include "recipients/sentences.hpp"

using namespace fedtrail;
using recipients::difference_of;
using recipients::lower_latin;
using recipients::sentences_of;
using records::DifferencePiece;

namespace {

std::string shown(std::string_view before, std::string_view after) {
    std::string lines;
    for (const auto& piece : difference_of(before, after).pieces) {
        lines += piece.side == DifferencePiece::Side::Old   ? "-"
                 : piece.side == DifferencePiece::Side::New ? "+"
                                                            : " ";
        lines += piece.text.reveal() + "\n";
    }
    return lines;
}

std::string numbered(int from, int to) {
    std::string text;
    for (int i = from; i < to; ++i) {
        text += "Sentence number " + std::to_string(i) + " says something.\n";
    }
    return text;
}

}  // namespace

TEST_CASE("A text is read in sentences") {
    const auto all = sentences_of(
        "We keep logs, e.g. IP addresses, for 90 days. See Art. 6 GDPR! Why? Because.\n\n  - Item one\nz.B. "
        "Protokolle. "
        "Wir löschen sie am 3. März.",
        100);
    REQUIRE(all.size() == 7);
    CHECK(all[0] == "We keep logs, e.g. IP addresses, for 90 days.");
    CHECK(all[1] == "See Art. 6 GDPR!");
    CHECK(all[4] == "- Item one");
    CHECK(all[5] == "z.B. Protokolle.");
    CHECK(all[6] == "Wir löschen sie am 3. März.");
    CHECK(sentences_of("", 10).empty());
    CHECK(sentences_of(" \n\t\n", 10).empty());
    CHECK(sentences_of("A bc. D ef. G hi.", 2).size() == 2);
}

TEST_CASE("Capitals of the seven languages become small") {
    CHECK(lower_latin("ÄÖÜ ÀÉÎÕÑ ŁŚŻĄĘĆŃÓŹ ×ß") == "äöü àéîõñ łśżąęćńóź ×ß");
    CHECK(lower_latin("GDPR 漢字 \xc3") == "gdpr 漢字 \xc3");
    CHECK(lower_latin("\xc3\x41 \xc5\xc3\x84") == "\xc3\x61 \xc5\xc3\xa4");
}

TEST_CASE("A text is kept without what could move a terminal") {
    using recipients::clean_text;
    CHECK(clean_text("a\x1b[2J\tb\r\nc\x7f\u009b") == "a[2J b\nc");
    CHECK(clean_text("\xff\xc3 ł€😀") == "\ufffd\ufffd ł€😀");
}

TEST_CASE("What changed is shown with what stands around it") {
    CHECK(shown("One. Two. Three.", "One. Two. Three.").empty());
    CHECK(
        shown(numbered(0, 9) + "We keep logs for 30 days.\n" + numbered(9, 20),
              numbered(0, 9) + "We keep logs for a year.\nWe train models with them.\n" + numbered(9, 20)) ==
        " Sentence number 7 says something.\n Sentence number 8 says something.\n-We keep logs for 30 days.\n"
        "+We keep logs for a year.\n+We train models with them.\n Sentence number 9 says something.\n"
        " Sentence number 10 says something.\n");
    CHECK(shown("", "One.") == "+One.\n");
    CHECK(shown("One.", "") == "-One.\n");
    CHECK(shown("One.   Two.", "One.\nTwo.").empty());
}

TEST_CASE("Texts that have nothing in common, and too long ones, end in bounds") {
    const auto all_new = difference_of(numbered(0, 4'000), numbered(10'000, 14'000));
    CHECK(all_new.cut);
    CHECK(all_new.pieces.size() == 400);
    const auto same = difference_of(std::string(200'000, 'a'), std::string(200'000, 'a'));
    CHECK(same.pieces.empty());
}
