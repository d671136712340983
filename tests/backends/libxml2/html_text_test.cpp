#include "backends/libxml2/html_text.hpp"

#include <ctime>

#include <catch2/catch.hpp>

using namespace fedtrail;

namespace {

HtmlText read(std::string_view html, std::string_view charset = {}) {
    return libxml2::LibxmlHtmlReader{}.read(html, charset);
}

std::string times(const std::string& piece, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) {
        all += piece;
    }
    return all;
}

}  // namespace

TEST_CASE("A page is its paragraphs, one a line") {
    const auto page = read(
        "<!DOCTYPE html><html lang=\"de-AT\"><head><title>No</title><style>p{}</style></head><body>"
        "<nav>Menu</nav><h1>Privacy\n  policy</h1><p>We <b>keep</b>&nbsp;logs &amp; more.<br>For 90 days.</p>"
        "<ul><li>one<li>two</ul><script>alert('x')</script><footer>v4.3</footer></body></html>");
    CHECK(page.text == "Privacy policy\nWe keep\u00a0logs & more.\nFor 90 days.\none\ntwo\n");
    CHECK(page.language == "de-AT");
    CHECK_FALSE(page.cut);
}

TEST_CASE("Where there is a main part, the rest is not the text") {
    CHECK(read("<body><p>Users online: 7</p><main><p>We keep nothing.</p></main><p>more</p>").text ==
          "We keep nothing.\n");
    CHECK(read("<p>before<article>inside</article>").text == "inside\n");
}

TEST_CASE("A field for a password is told of where the text stands") {
    CHECK(read("<p>Hello<form><input type=PassWord></form>").asks_password);
    CHECK(read("<p>Hello<main>Log in<input name=p type=\"password\"></main>").asks_password);
    CHECK_FALSE(read("<p>Hello<nav><input type=password></nav>").asks_password);
    CHECK_FALSE(read("<input type=password><main>Hello</main>").asks_password);
    CHECK_FALSE(read("<p>Hello<input type=text name=password>").asks_password);
}

TEST_CASE("Letters come out as UTF-8 whatever they were") {
    CHECK(read("<p>Löschung</p>").text == "Löschung\n");
    CHECK(read("<p>L\xf6schung</p>").text == "Löschung\n");
    CHECK(read("<p>L\xf6schung</p>", "iso-8859-1").text == "Löschung\n");
    CHECK(read("<meta charset=\"iso-8859-2\"><p>\xb1</p>").text == "ą\n");
    CHECK(read("<p>Löschung</p>", "no-such-charset").text.size() > 5);
    CHECK(read("<p>&#x2014; &eacute;</p>").text == "— é\n");
}

TEST_CASE("Nonsense is a page as well") {
    CHECK(read("").text.empty());
    CHECK(read("plain words").text == "plain words\n");
    CHECK(read("</p></div><<<>&;&#99999999;").text.size() < 40);
    CHECK(read(std::string_view{"a\0b", 3}).text.size() < 10);
    CHECK(read("<html><body><div id=\"app\"></div><script src=\"x\"></script>").text.empty());
    CHECK(read("\xff\xfe\xfd").text.size() < 20);
}

TEST_CASE("Depth, length and number do no harm") {
    CHECK(read(times("<div>", 100'000) + "x").text.size() <= 2);
    CHECK(read(times("<b><i>", 20'000) + "x").text.size() <= 2);
    CHECK(read("<p " + times("a=b ", 100'000) + ">x").text.size() <= 2);
    const auto much = read("<p>" + times("\u00e4", 200'000));
    CHECK(much.cut);
    CHECK(much.text.size() <= 262'145);
    CHECK(much.text.size() > 262'000);
    CHECK(read("<p>x</p>" + times(" ", 3'000'000)).cut);
    CHECK(read("<script>" + times("x", 500'000)).text.empty());
}

TEST_CASE("A page that would keep libxml2 busy for minutes is given up, and is no text") {
    std::string many = "<body ";
    for (int i = 0; i < 110'000; ++i) {
        many += "a" + std::to_string(i) + "=b ";
    }
    const auto begun = std::clock();
    for (const auto& page : {"<p>Hello" + times("<b>", 150'000) + times("</i>", 140'000), many + ">Hello"}) {
        const auto given_up = read(page);
        CHECK(given_up.text.empty());
        CHECK(given_up.cut);
    }
    CHECK((std::clock() - begun) / CLOCKS_PER_SEC < 30);
}
