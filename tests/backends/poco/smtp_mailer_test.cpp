#include "backends/poco/smtp_mailer.hpp"

#include <chrono>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "backends/poco/smtp_place.hpp"
#include "backends/poco/smtp_server.hpp"

using namespace fedtrail;
using fedtrail::testing::SmtpServer;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

Letter a_letter() {
    return Letter{
        Personal<std::string>{"privacy@recipient.example"},
        "Löschung: erasure of personal data (case 7)",
        "Dear operator,\n.\nthis line follows a lone dot; Grüße.\n" + std::string(1'200, 'x') + "\n",
        "<fedtrail.7.12.first@origin.example>",
        "en"};
}

std::unique_ptr<Mailer> mailer_for(const std::string& url,
                                   const std::filesystem::path& authority = {},
                                   std::chrono::seconds patience = 60s) {
    auto made = poco::smtp_mailer({url, "Privacy of Ørigin <privacy@origin.example>", patience, authority});
    REQUIRE(made);
    return std::move(*made);
}

}  // namespace

TEST_CASE("a letter reaches a real mail server as it was written", "[smtp]") {
    const SmtpServer server{"plain"};
    const auto sent = mailer_for("smtp+plain://localhost:" + server.port())->send(a_letter());
    REQUIRE(sent);
    const auto got = server.letter(1);
    CHECK(has(got, "X-From: privacy@origin.example\r\n"));
    CHECK(has(got, "X-To: privacy@recipient.example\r\n"));
    CHECK(has(got, "Message-ID: <fedtrail.7.12.first@origin.example>\r\n"));
    CHECK(has(got, "Content-Language: en\r\n"));
    CHECK(has(got, "<privacy@origin.example>"));
    CHECK(has(got, "=?UTF-8?q?L=C3=B6schung"));
    CHECK(has(got, "Content-Type: text/plain; charset=UTF-8\r\n"));
    CHECK(has(got, "Gr=C3=BC=C3=9Fe"));
    CHECK(has(got, "this line follows a lone dot"));
}

TEST_CASE("STARTTLS is used where it is offered, and the server's certificate is verified", "[smtp]") {
    const SmtpServer server{"starttls"};
    const auto url = "smtp://localhost:" + server.port();
    REQUIRE(mailer_for(url, server.authority())->send(a_letter()));
    CHECK(has(server.letter(1), "X-Tls: True"));
    const auto unknown_authority = mailer_for(url)->send(a_letter());
    REQUIRE(!unknown_authority);
    CHECK(unknown_authority.error().kind == ErrorKind::Unavailable);
    const auto other_name =
        mailer_for("smtp://127.0.0.1:" + server.port(), server.authority())->send(a_letter());
    CHECK(!other_name);
    CHECK(server.letter(2).empty());
}

TEST_CASE("smtps speaks TLS from the first octet", "[smtp]") {
    const SmtpServer server{"tls"};
    const auto url = "smtps://localhost:" + server.port();
    REQUIRE(mailer_for(url, server.authority())->send(a_letter()));
    CHECK(has(server.letter(1), "X-Tls: True"));
    CHECK(!mailer_for(url)->send(a_letter()));
    CHECK(!mailer_for("smtps://127.0.0.1:" + server.port(), server.authority())->send(a_letter()));
}

TEST_CASE("the password of the URL logs in, a wrong one is a refusal", "[smtp]") {
    const SmtpServer server{"login"};
    const auto at = "@localhost:" + server.port();
    REQUIRE(mailer_for("smtp://letters:p%40ss%3Aword%2F" + at, server.authority())->send(a_letter()));
    CHECK(has(server.letter(1), "X-Login: letters"));
    const auto wrong = mailer_for("smtp://letters:guess" + at, server.authority())->send(a_letter());
    REQUIRE(!wrong);
    CHECK(wrong.error().kind == ErrorKind::Denied);
    CHECK(!has(wrong.error().what, "guess"));
}

TEST_CASE("a server that refuses for good, for now, hangs or hangs up is told apart", "[smtp]") {
    const auto outcome = [](const std::string& mode) {
        const SmtpServer server{mode};
        const auto sent = mailer_for("smtp://localhost:" + server.port())->send(a_letter());
        REQUIRE(!sent);
        CHECK(!has(sent.error().what, "recipient.example"));  // the server's words quote the address
        return sent.error();
    };
    CHECK(outcome("unknown").kind == ErrorKind::Denied);
    CHECK(has(outcome("unknown").what, "550"));
    CHECK(outcome("busy").kind == ErrorKind::Unavailable);
    CHECK(outcome("dropping").kind == ErrorKind::Unavailable);
    const SmtpServer silent{"silent"};
    const auto hasty = mailer_for("smtp://localhost:" + silent.port(), {}, 2s);
    const auto start = std::chrono::steady_clock::now();
    const auto unheard = hasty->send(a_letter());
    CHECK(std::chrono::steady_clock::now() - start < 20s);
    REQUIRE(!unheard);
    CHECK(unheard.error().kind == ErrorKind::Unavailable);
    const auto nobody = mailer_for("smtp://localhost:1")->send(a_letter());
    REQUIRE(!nobody);
    CHECK(nobody.error().kind == ErrorKind::Unavailable);
}

TEST_CASE("nothing in a letter breaks out of its header", "[smtp]") {
    const SmtpServer server{"plain"};
    const auto mailer = mailer_for("smtp+plain://localhost:" + server.port());
    const auto refused = [&](Letter letter) {
        const auto sent = mailer->send(letter);
        return !sent && sent.error().kind == ErrorKind::Invalid;
    };
    for (const auto* to : {"",
                           "nobody",
                           "a@b.example\r\nBcc: c@d.example",
                           "a@b.example,c@d.example",
                           "a@b.example c@d.example",
                           "<a@b.example>",
                           "a@[127.0.0.1]",
                           "a@b.example:25",
                           "-oQ/tmp@b.example",
                           "\"a b\"@c.example"}) {
        auto letter = a_letter();
        letter.to = Personal<std::string>{to};
        CHECK(refused(letter));
    }
    auto letter = a_letter();
    letter.subject = "one\r\nBcc: c@d.example";
    CHECK(refused(letter));
    letter = a_letter();
    letter.message_id = "<a@b>\nX: y";
    CHECK(refused(letter));
    letter = a_letter();
    letter.language = "en\r\nX: y";
    CHECK(refused(letter));
    CHECK(server.letter(1).empty());
}

TEST_CASE("an smtp URL says how safe the way is", "[smtp]") {
    using poco::smtp_place;
    using poco::SmtpSafety;
    const auto whole = smtp_place("smtps://a%40b:c%3Ad@mail.example");
    REQUIRE(whole);
    CHECK(whole->port == 465);
    CHECK(whole->user == "a@b");
    CHECK(whole->password == "c:d");
    CHECK(smtp_place("smtp://mail.example")->safety == SmtpSafety::StartTls);
    CHECK(smtp_place("smtp://mail.example")->port == 587);
    CHECK(smtp_place("smtp://localhost:25")->safety == SmtpSafety::StartTlsIfThere);
    for (const auto* url : {"smtp+plain://localhost", "smtp+plain://127.0.0.2:2525", "smtp+plain://[::1]"}) {
        INFO(url);
        const auto place = smtp_place(url);
        REQUIRE(place);
        CHECK(place->safety == SmtpSafety::Plain);
    }
    CHECK(smtp_place("smtp://127.evil.example")->safety == SmtpSafety::StartTls);
    for (const auto* url : {"",
                            "mail.example",
                            "http://mail.example",
                            "smtp://",
                            "smtps://h/path",
                            "smtp://h:99999",
                            "smtp+plain://user:password@mail.example",
                            "smtp+plain://user:password@localhost",
                            "smtp+plain://mail.example",
                            "smtp+plain://127.evil.example",
                            "smtp+plain://10.0.0.5"}) {
        const auto place = smtp_place(url);
        REQUIRE(!place);
        CHECK(!has(place.error().what, "password@"));
    }
    CHECK(*poco::mail_address("info@bücher.example") == "info@xn--bcher-kva.example");
    CHECK(poco::mail_sender("\"The team\" <t@o.example>")->name == "The team");
    CHECK(poco::mail_sender("t@o.example")->address == "t@o.example");
    CHECK(!poco::mail_sender("Team <t@o.example>\r\nBcc: x@y.example"));
    CHECK(!poco::mail_sender("Team"));
}

TEST_CASE("without STARTTLS nothing is handed to a server that is not on this machine", "[smtp]") {
    const SmtpServer server{"plain"};
    const auto sent = mailer_for("smtp://0.0.0.0:" + server.port())->send(a_letter());  // not called loopback
    REQUIRE(!sent);
    CHECK(sent.error().kind == ErrorKind::Denied);
    CHECK(has(sent.error().what, "STARTTLS"));
    CHECK(server.letter(1).empty());
}
