#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "recipients/imprint.hpp"
#include "recipients/policy_file.hpp"

using namespace fedtrail::recipients;
using fedtrail::testing::policy_file;

namespace {

bool places_somebody(const std::string& text) {
    static const auto kWords = *parse_imprint_words(policy_file("imprint.json"),
                                                    std::vector{policy_file("texts/en/countries.json")});
    return country_in_text(text, TextKind::Other, kWords).has_value();
}

}  // namespace

TEST_CASE("A representative or an officer in the Union does not bring the controller there",
          "[recipients][imprint]") {
    const std::string controller = "The data controller is Example Inc. in Portland.\n";
    const std::string address = "\nHauptstr. 1\n10115 Berlin\nGermany\n";
    REQUIRE(places_somebody("The data controller is Example e. V." + address));
    for (const auto* const whose : {"Our representative under Article 27 GDPR is Rep GmbH",
                                    "Representative in Europe: Rep GmbH",
                                    "Art. 27 GDPR: Rep GmbH",
                                    "Our Data Protection Officer:",
                                    "Unser Vertreter in der Union: Rep GmbH",
                                    "Datenschutzbeauftragter: Rep GmbH",
                                    "Notre représentant dans l'Union : Rep GmbH",
                                    "Délégué à la protection des données : Rep GmbH",
                                    "Onze vertegenwoordiger in de Unie: Rep GmbH",
                                    "Functionaris voor gegevensbescherming: Rep GmbH",
                                    "Nuestro representante en la Unión: Rep GmbH",
                                    "Delegado de protección de datos: Rep GmbH",
                                    "Il nostro rappresentante nell'Unione: Rep GmbH",
                                    "Responsabile della protezione dei dati: Rep GmbH",
                                    "Nasz przedstawiciel w Unii: Rep GmbH",
                                    "Inspektor ochrony danych: Rep GmbH"}) {
        CAPTURE(whose);
        CHECK_FALSE(places_somebody(controller + whose + address));
    }
}
