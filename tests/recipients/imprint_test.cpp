#include "recipients/imprint.hpp"

#include <catch2/catch.hpp>

#include "erasure/schema.hpp"
#include "recipients/address_line.hpp"
#include "recipients/policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using fedtrail::testing::changed;
using fedtrail::testing::policy_file;
using fedtrail::testing::schema_faults;
using records::Confidence;

namespace {

const ImprintWords& shipped_words() {
    static const auto kWords = [] {
        std::vector<std::string> names;
        for (const auto* language : {"de", "en", "es", "fr", "it", "nl", "pl"}) {
            names.push_back(policy_file(std::string{"texts/"} + language + "/countries.json"));
        }
        return parse_imprint_words(policy_file("imprint.json"), names).value();
    }();
    return kWords;
}

std::string country_read(std::string_view text, TextKind kind = TextKind::Imprint) {
    const auto found = country_in_text(text, kind, shipped_words());
    return found ? std::string{found->country.code()} : "-";
}

std::string why(std::string_view text, TextKind kind = TextKind::Imprint) {
    const auto found = country_in_text(text, kind, shipped_words());
    return found ? found->why : "-";
}

struct Sample {
    const char* text;
    const char* country;
};

}  // namespace

TEST_CASE("The words for imprints are as their schema asks", "[recipients][imprint]") {
    CHECK(schema_faults("imprint.schema.json", policy_file("imprint.json")).empty());
    CHECK(shipped_words().countries.size() > 1000);
    CHECK_FALSE(parse_imprint_words("{}", {}));
    CHECK_FALSE(
        parse_imprint_words(changed(policy_file("imprint.json"), "\"usa\": \"US\"", "\"usa\": \"XX\""), {}));
}

TEST_CASE("The country of an imprint is that of its address, its law or its numbers",
          "[recipients][imprint]") {
    for (const auto& [text, expected] : {
             Sample{"Impressum\n\nAngaben gemäß § 5 DDG\nErika Mustermann\nMusterweg 1\n12345 Musterstadt",
                    "DE"},
             Sample{"Impressum\nBeispiel e. V.\nHauptstraße 5\n10115 Berlin\nDeutschland", "DE"},
             Sample{"Impressum\nBeispiel Verein\nGasse 3, A-1010 Wien", "AT"},
             Sample{"Medieninhaber: Verein Beispiel\nZVR-Zahl 123456789\n1010 Wien", "AT"},
             Sample{"Impressum\nBeispielweg 1\nCH-8001 Zürich", "CH"},
             Sample{"Mentions légales\nÉditeur : Association Exemple, association loi 1901\n12 rue de la "
                    "Paix\n75002 Paris\nFrance",
                    "FR"},
             Sample{"Colofon\nStichting Voorbeeld\nKeizersgracht 1\n1015 CN Amsterdam\nNederland\nKvK-nummer "
                    "12345678",
                    "NL"},
             Sample{"Aviso legal\nTitular del sitio: Asociación Ejemplo\nCalle Mayor 1, 28013 Madrid, España",
                    "ES"},
             Sample{"Note legali\nTitolare del trattamento: Associazione Esempio\nVia Roma 1 - 00184 Roma, "
                    "Italia",
                    "IT"},
             Sample{"Administratorem danych jest Fundacja Przykład\nul. Długa 1\n00-238 Warszawa, Polska",
                    "PL"},
             Sample{"Legal notice\nThis server is operated by Example Ltd.\n1 High Street\nLondon EC1A "
                    "1BB\nUnited Kingdom",
                    "GB"},
             Sample{"Operated by Example Inc.\n548 Market St\nSan Francisco, CA 94104", "US"},
             Sample{"Operated by Example Inc., 548 Market St, San Francisco, CA 94104-5401, USA", "US"},
             Sample{"Operated by Example Society\nSt Helier JE2 3QQ", "JE"},
             Sample{"Imprint\nExample\n11 Rue Neuve\n1000 Bruxelles\nBelgique", "BE"},
             Sample{"Imprint\nExample AB\n123 45 Stockholm\nSverige", "SE"},
             Sample{"Legal notice\nExample K.K., 150-0001 Tokyo, Japan", "JP"},
             Sample{"Impressum\nUSt-IdNr.: DE 123 456 789", "DE"},
             Sample{"Impressum\nBeispiel GmbH, UID: ATU12345678", "AT"},
             Sample{"Impressum\nBeispiel AG\nUID CHE-123.456.789", "CH"},
         }) {
        CAPTURE(text);
        CHECK(country_read(text) == expected);
    }
}

TEST_CASE("Two kinds of sign that agree are surer than one", "[recipients][imprint]") {
    const auto one = country_in_text(
        "Impressum\nHauptstr. 1\n10115 Berlin\nDeutschland", TextKind::Imprint, shipped_words());
    REQUIRE(one);
    CHECK(one->confidence == Confidence::Medium);
    const auto two = country_in_text(
        "Angaben gemäß § 5 DDG\nHauptstr. 1\n10115 Berlin\nDeutschland", TextKind::Imprint, shipped_words());
    REQUIRE(two);
    CHECK(two->confidence == Confidence::High);
}

TEST_CASE("The reason is the end of the address and names nobody", "[recipients][imprint]") {
    CHECK(why("Impressum\nErika Mustermann\nHauptstr. 1\n10115 Berlin\nDeutschland") ==
          "10115 Berlin, Deutschland");
    CHECK(why("Impressum\nErika Mustermann, Hauptstr. 1, 10115 Berlin, Germany") == "10115 Berlin, Germany");
    CHECK(why("Impressum\nErika Mustermann Hauptstr. 1 10115 Berlin Germany") == "10115 Berlin Germany");
    CHECK(why("Impressum\nErika Mustermann\nUSt-IdNr. DE123456789") == "a tax or company number of DE");
    CHECK(why("Angaben gemäß § 5 DDG") == "§ 5 ddg");
}

TEST_CASE("An address of somebody else places nobody", "[recipients][imprint]") {
    for (const auto* text :
         {"Privacy policy\nWe use cookies.\nHosting\nHetzner Online GmbH, Industriestr. 25, 91710 "
          "Gunzenhausen, Germany",
          "The data controller can be asked at mail@a.example.\nOur hosting provider is\nOVH SAS\n2 rue "
          "Kellermann\n59100 "
          "Roubaix\nFrance",
          "Verantwortlicher: siehe unten\nZuständige Aufsichtsbehörde:\nFriedrichstr. 219\n10969 "
          "Berlin\nDeutschland",
          "You may lodge a complaint with the CNIL, 3 Place de Fontenoy, 75007 Paris, France",
          "Data is stored in Germany.",
          "We have followed the law since 2018, Germany first.",
          "Our users come from 12345 places, Germany among them and France"}) {
        CAPTURE(text);
        CHECK(country_read(text, TextKind::Other) == "-");
    }
}

TEST_CASE("In other texts only the operator's address counts", "[recipients][imprint]") {
    const std::string address = "Hauptstr. 1\n10115 Berlin\nDeutschland\n";
    CHECK(country_read("Privacy\n" + address, TextKind::Other) == "-");
    CHECK(country_read("Privacy\n" + address, TextKind::Imprint) == "DE");
    CHECK(country_read("Privacy\nThe controller is\n" + address, TextKind::Other) == "DE");
    CHECK(country_read("Verantwortlicher\n" + address + "\nHoster\nRue Neuve 1\n1000 Bruxelles\nBelgique",
                       TextKind::Other) == "DE");
    CHECK(country_read("The controller is named below.\n" + std::string(9, '-') +
                           "a\nb\nc\nd\ne\nf\ng\nh\ni\n" + address,
                       TextKind::Other) == "-");
}

TEST_CASE("A law or register counts in whole words, of the operator, and not denied",
          "[recipients][imprint]") {
    for (const auto* text : {"We are a small collective in Portland, Oregon. Write to us.",
                             "Operated by a collective in Portland, Oregon.",
                             "This is governed by the laws of the State of Oregon, United States of America.",
                             "We are not a 501(c)(3) organisation.",
                             "Operated by friends; we are not a 501(c)(3) organisation.",
                             "Some of our users work at Companies House."}) {
        CAPTURE(text);
        CHECK(country_read(text, TextKind::Other) == "-");
        CHECK(country_read(text, TextKind::Imprint) ==
              (std::string_view{text}.starts_with("Some") ? "GB" : "-"));
    }
    CHECK(country_read("Administratorem danych jest Fundacja Przykład\nREGON 123456789", TextKind::Other) ==
          "PL");
    CHECK(country_read("Imprint\nExample Inc. is a 501(c)(3) organisation.", TextKind::Imprint) == "US");
    CHECK(country_read("Operated by Example Inc., a 501(c)(3)", TextKind::Other) == "US");
}

TEST_CASE("A full stop after the country does not hide it", "[recipients][imprint]") {
    for (const auto* const end : {"", "."}) {
        for (const auto& [place, code] : {std::pair{"10115 Berlin, Germany", "DE"},
                                          {"75002 Paris, France", "FR"},
                                          {"00184 Roma, Italy", "IT"}}) {
            CHECK(country_read("The controller is Example Social, Street 1, " + std::string{place} + end,
                               TextKind::Other) == code);
        }
    }
    CHECK(country_read("Operated by Example Inc., 548 Market St, San Francisco, 94104, U.S.A.") == "US");
}

TEST_CASE("Signs that contradict each other place nobody", "[recipients][imprint]") {
    CHECK(country_read(
              "Impressum\nBetreiber: A\n10115 Berlin\nDeutschland\nBetreiber: B\n1000 Bruxelles\nBelgique") ==
          "-");
    CHECK(country_read(
              "Angaben gemäß § 5 DDG\nVerantwortlich:\nOperated by X\n1015 CN Amsterdam\nNederland") == "-");
}

TEST_CASE("A name of a country that is also a state is not believed", "[recipients][imprint]") {
    CHECK(country_read("Operated by X\n30301 Atlanta\nGeorgia") == "-");
}

TEST_CASE("Texts made to hurt are read in time and give nothing", "[recipients][imprint]") {
    CHECK(country_read(std::string(3'000'000, 'a')) == "-");
    CHECK(country_read(std::string(1'000'000, '\n')) == "-");
    std::string many = "controller\n";
    for (int i = 0; i < 50'000; ++i) {
        many += "1,";
    }
    CHECK(country_read(many) == "-");
    CHECK(country_read(std::string("\0\xff\xfe, Germany", 12)) == "-");
}

TEST_CASE("Numbers are known by their whole form", "[recipients][imprint]") {
    CHECK(holds_number("VAT DE123456789", "DE#########"));
    CHECK(holds_number("VAT DE 123.456.789.", "DE#########"));
    CHECK_FALSE(holds_number("IBAN DE12345678901234567890", "DE#########"));
    CHECK_FALSE(holds_number("XDE123456789", "DE#########"));
    CHECK_FALSE(holds_number("DE12345678", "DE#########"));
    CHECK(holds_number("NL123456789B01", "NL#########B##"));
}
