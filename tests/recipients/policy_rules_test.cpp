#include "recipients/policy_rules.hpp"

#include <array>

#include <catch2/catch.hpp>

#include "erasure/schema.hpp"
#include "recipients/policy_file.hpp"

using Catch::Contains;
using namespace fedtrail;
using namespace fedtrail::recipients;
using fedtrail::testing::policy_file;
using fedtrail::testing::schema_faults;
using records::PolicyKind;
using records::PolicyTopic;

namespace {

const PolicyRules& shipped_rules() {
    static const auto kRules = *parse_policy_rules(policy_file("policy-rules.json"));
    return kRules;
}

records::PolicySummary summary(std::string_view text) {
    return summary_of(shipped_rules(), std::array{SummedText{PolicyKind::Privacy, 3, text}});
}

/// "" is not found.
std::string said(const records::PolicySummary& summary, PolicyTopic topic) {
    for (const auto& one : summary.statements) {
        if (one.topic == topic) {
            return one.sentence ? one.sentence->reveal() : "";
        }
    }
    return "no statement";
}

struct Policy {
    std::string language;
    std::array<std::string, 7> sentences;  ///< In the order of kPolicyTopics.
};

/// One sentence a topic, as operators write them.
const std::array<Policy, 7>& policies() {
    static const std::array<Policy, 7> kPolicies{{
        {"en",
         {"If you have questions, write to privacy@social.example.",
          "The data controller is Example Collective Ltd, 1 High Street.",
          "We retain the IP addresses of registered users for no more than 12 months.",
          "We do not sell, trade, or otherwise transfer your data to outside parties.",
          "There is no advertising on this server.",
          "We will never train AI models with your posts.",
          "You have the right to access your data and to have it erased."}},
        {"de",
         {"Bei Fragen erreichen Sie uns per E-Mail an datenschutz@social.example.",
          "Verantwortlich für die Verarbeitung ist der Verein Beispiel e. V. in Wien.",
          "Die IP-Adressen werden nach 90 Tagen gelöscht.",
          "Eine Weitergabe Ihrer Daten an Dritte findet nicht statt.",
          "Wir schalten keine Werbung.",
          "Ihre Beiträge werden nicht benutzt, um KI-Modelle zu trainieren.",
          "Sie haben das Recht auf Auskunft und Löschung."}},
        {"fr",
         {"Pour toute question, écrivez à contact@social.example.",
          "Le responsable du traitement est l'association Exemple à Lyon.",
          "Les adresses IP sont conservées pendant un an.",
          "Nous ne vendons ni ne transmettons vos données à des tiers.",
          "Ce serveur est sans publicité.",
          "Vos messages ne servent pas à entraîner une intelligence artificielle.",
          "Vous avez un droit d'accès et de rectification."}},
        {"nl",
         {"Voor vragen kunt u mailen naar het e-mailadres privacy@social.example.",
          "De verwerkingsverantwoordelijke is Stichting Voorbeeld in Utrecht.",
          "IP-adressen worden na 30 dagen verwijderd.",
          "Wij delen uw gegevens niet met derden.",
          "Er zijn geen advertenties op deze server.",
          "Uw berichten worden niet gebruikt om AI te trainen.",
          "U hebt recht op inzage en correctie."}},
        {"es",
         {"Para cualquier duda, escriba al correo privacidad@social.example.",
          "El responsable del tratamiento es la asociación Ejemplo de Madrid.",
          "Las direcciones IP se conservan durante 12 meses.",
          "No vendemos ni cedemos sus datos a terceros.",
          "En este servidor no hay publicidad.",
          "Sus publicaciones no se usan para entrenar inteligencia artificial.",
          "Usted tiene derecho de acceso y de rectificación."}},
        {"it",
         {"Per domande scrivete all'indirizzo e-mail privacy@social.example.",
          "Il titolare del trattamento è l'associazione Esempio di Bologna.",
          "Gli indirizzi IP sono conservati per 12 mesi.",
          "Non vendiamo e non comunichiamo i tuoi dati a terzi.",
          "Su questo server non ci sono annunci.",
          "I post non sono usati per addestrare l'intelligenza artificiale.",
          "L'utente ha il diritto di accesso e di rettifica dei suoi dati."}},
        {"pl",
         {"W razie pytań napisz na e-mail prywatnosc@social.example.",
          "Administratorem danych jest Fundacja Przykład z siedzibą w Krakowie.",
          "Adresy IP są przechowywane przez 12 miesięcy.",
          "Nie sprzedajemy i nie przekazujemy danych osobom trzecim.",
          "Na tym serwerze nie ma reklam.",
          "Wpisy nie są używane do szkolenia sztucznej inteligencji.",
          "Użytkownik ma prawo dostępu do danych i prawo do ich usunięcia."}},
    }};
    return kPolicies;
}

/// What policies() say of it.
bool is_a_promise_not_to(PolicyTopic topic) {
    return topic == PolicyTopic::Sharing || topic == PolicyTopic::Advertising ||
           topic == PolicyTopic::Training;
}

std::string text_of(const Policy& policy) {
    std::string text;
    for (const auto& sentence : policy.sentences) {
        text += sentence + " ";
    }
    return text;
}

}  // namespace

TEST_CASE("The rules that are shipped fit their schema and cover every topic in every language",
          "[policies]") {
    CHECK(schema_faults("policy-rules.schema.json", policy_file("policy-rules.json")).empty());
    CHECK(shipped_rules().size() == 7);
    for (const auto& [code, language] : shipped_rules()) {
        CAPTURE(code);
        for (const auto topic : records::kPolicyTopics) {
            CAPTURE(records::name_of(topic));
            CHECK(std::any_of(language.rules.begin(), language.rules.end(), [&](const PolicyRule& rule) {
                return rule.topic == topic;
            }));
        }
    }
}

TEST_CASE("Each claim of a summary is a sentence of the policy", "[policies]") {
    for (const auto& policy : policies()) {
        CAPTURE(policy.language);
        const auto text = text_of(policy);
        const auto found = summary(text);
        CHECK(found.languages == std::vector{policy.language});
        REQUIRE(found.statements.size() == 7);
        for (std::size_t i = 0; i < 7; ++i) {
            CAPTURE(records::name_of(records::kPolicyTopics.at(i)));
            CHECK(said(found, records::kPolicyTopics.at(i)) == policy.sentences.at(i));
            CHECK(found.statements.at(i).version == 3);
            CHECK(found.statements.at(i).denied == is_a_promise_not_to(records::kPolicyTopics.at(i)));
            CHECK(found.statements.at(i).rule.substr(0, 3) == policy.language + "-");
        }
    }
}

TEST_CASE("What a policy does not say is not found", "[policies]") {
    for (const auto& policy : policies()) {
        CAPTURE(policy.language);
        for (std::size_t left_out = 0; left_out < 7; ++left_out) {
            CAPTURE(records::name_of(records::kPolicyTopics.at(left_out)));
            auto without = policy;
            without.sentences.at(left_out).clear();
            CHECK(said(summary(text_of(without)), records::kPolicyTopics.at(left_out)).empty());
        }
    }
}

TEST_CASE("Nothing is claimed where no rules know the language", "[policies]") {
    const auto foreign = summary(
        "Dit beleid verskil. 私たちはあなたのデータを保存します。 "
        "Мы храним ваши данные в течение двенадцати месяцев и не передаём их третьим лицам никогда и никому, "
        "потому что "
        "это ваши данные и только ваши, и мы это уважаем всегда.");
    CHECK(foreign.languages.empty());
    CHECK(foreign.statements.size() == 7);
    CHECK(said(foreign, PolicyTopic::Retention).empty());
    CHECK(summary("").languages.empty());
    CHECK(summary("the and of").languages.empty());
}

TEST_CASE("The first text that says something counts", "[policies]") {
    const auto base = text_of(policies()[0]);
    const std::string terms = "The service is operated by Somebody Inc. We keep your data for ten years.";
    const auto both = summary_of(
        shipped_rules(),
        std::array{SummedText{PolicyKind::Privacy, 1, base}, SummedText{PolicyKind::Terms, 2, terms}});
    CHECK(both.statements[1].kind == PolicyKind::Privacy);
    const auto turned = summary_of(
        shipped_rules(),
        std::array{SummedText{PolicyKind::Terms, 2, terms}, SummedText{PolicyKind::Privacy, 1, base}});
    CHECK(turned.statements[1].kind == PolicyKind::Terms);
    CHECK(turned.statements[1].version == 2);
}

TEST_CASE("Each text is read in its own language", "[policies]") {
    const std::string privacy =
        "Verantwortlich für diesen Server ist der Verein Beispiel. Wir speichern die Protokolle höchstens 30 "
        "Tage "
        "lang, und danach werden sie gelöscht. Die Beiträge der Nutzer bleiben, bis sie sie selbst löschen. "
        "Wenn Sie Fragen haben, schreiben Sie an info@verein.example.";
    const std::string terms =
        "By using this service you agree to these terms. You must be at least sixteen years old to have an "
        "account. We do not sell or share your data with third parties. There is no advertising on this "
        "server, "
        "and we show no ads to anybody.";
    const auto both = summary_of(
        shipped_rules(),
        std::array{SummedText{PolicyKind::Privacy, 1, privacy}, SummedText{PolicyKind::Terms, 2, terms}});
    CHECK(both.languages == std::vector<std::string>{"de", "en"});
    CHECK_THAT(said(both, PolicyTopic::Retention), Contains("30 Tage"));
    CHECK_THAT(said(both, PolicyTopic::Sharing), Contains("third parties"));
    CHECK_FALSE(said(both, PolicyTopic::Advertising).empty());
    CHECK(both.statements[3].version == 2);
}

TEST_CASE("Rules that say nothing are refused", "[policies]") {
    const auto with = [](const std::string& rule) {
        return parse_policy_rules(
            R"({"format":"fedtrail/policy-rules/1","languages":{"en":{"words":["the"],"rules":[)" + rule +
            "]}}}");
    };
    CHECK(with(R"({"name":"a","topic":"rights","all":[["right"]]})"));
    CHECK_FALSE(with(R"({"name":"a","topic":"rights","all":[]})"));
    CHECK_FALSE(with(R"({"name":"a","topic":"rights","all":[[]]})"));
    CHECK_FALSE(with(R"({"name":"a","topic":"rights","all":[["*"]]})"));
    CHECK_FALSE(with(R"({"name":"a","topic":"wrongs","all":[["x"]]})"));
    CHECK(with(R"({"name":"bad-one","topic":"wrongs","all":[["x"]]})").error().what.find("bad-one") !=
          std::string::npos);
    CHECK_FALSE(parse_policy_rules("[]"));
}
