/// Imports through a running sidecar: what is there goes in at once, a stop ends the waiting, and what is too
/// much at once goes in parts.

#include "app/remote_import.hpp"

#include <algorithm>
#include <atomic>
#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using fedtrail::app::import_through;
using fedtrail::intake::events::ImportOptions;

namespace {

/// A sidecar that takes every line as new, if it is told few enough octets at once.
class NewToIt final : public fedtrail::HttpClient {
public:
    explicit NewToIt(std::size_t most = 1U << 20U) : most_(most) {}

    fedtrail::Result<fedtrail::HttpResponse> send(const fedtrail::HttpRequest& request) override {
        if (request.body.size() > most_) {
            return fedtrail::HttpResponse{413, {}, "{}"};
        }
        bodies.push_back(request.body);
        const auto lines = std::count(request.body.begin(), request.body.end(), '\n');
        return fedtrail::HttpResponse{
            200,
            {},
            R"({"new":)" + std::to_string(lines) + R"(,"duplicate":0,"without_subject":0,"rejected":[]})"};
    }

    std::vector<std::string> bodies;

private:
    std::size_t most_;
};

/// Says one piece after the other, and how much the sidecar had got before each.
class SlowWriter final : public std::streambuf {
public:
    SlowWriter(std::vector<std::string> pieces, const NewToIt& sidecar)
        : pieces_(std::move(pieces)), sidecar_(sidecar) {}
    std::vector<std::size_t> handed_in;
    std::atomic<bool> stop{};
    bool stops_at_end{};

protected:
    int_type underflow() override {
        handed_in.push_back(sidecar_.bodies.size());
        if (handed_in.size() > pieces_.size()) {
            stop = stops_at_end;
            return traits_type::eof();
        }
        auto& piece = pieces_[handed_in.size() - 1];
        setg(piece.data(), piece.data(), piece.data() + piece.size());
        return traits_type::to_int_type(piece.front());
    }

private:
    std::vector<std::string> pieces_;
    const NewToIt& sidecar_;
};

}  // namespace

TEST_CASE("A running sidecar gets what is there without waiting for more", "[app][import][remote]") {
    NewToIt sidecar;
    SlowWriter writer{{"{\"a\":1}\n{\"a\":2}\n", "{\"a\"", ":3}\n"}, sidecar};
    std::istream stream{&writer};
    const auto summary = import_through({sidecar, "token"}, stream, {});
    REQUIRE(summary);
    CHECK(summary->fresh == 3);
    CHECK_FALSE(summary->stopped);
    CHECK(writer.handed_in == std::vector<std::size_t>{0, 1, 1, 2});
    CHECK(sidecar.bodies == std::vector<std::string>{"{\"a\":1}\n{\"a\":2}\n", "{\"a\":3}\n"});
}

TEST_CASE("A stop while more is waited for hands in no half line", "[app][import][remote]") {
    NewToIt sidecar;
    SlowWriter writer{{"{\"a\":1}\n{\"a\"", ":2"}, sidecar};
    writer.stops_at_end = true;
    std::istream stream{&writer};
    ImportOptions options;
    options.stop = &writer.stop;
    const auto summary = import_through({sidecar, "token"}, stream, options);
    REQUIRE(summary);
    CHECK(summary->stopped);
    CHECK(summary->position.offset == 8);
    CHECK(sidecar.bodies == std::vector<std::string>{"{\"a\":1}\n"});
}

TEST_CASE("A sidecar that takes little at once gets it in parts", "[app][import][remote]") {
    NewToIt sidecar{30};
    std::string text;
    for (int i = 0; i < 9; ++i) {
        text += i == 6 ? "{\"a\":\"longer than it takes at all\"}\n" : "{\"a\":" + std::to_string(i) + "}\n";
    }
    std::istringstream stream{text};
    std::vector<std::string> rejected;
    ImportOptions options;
    options.rejected = [&](const fedtrail::intake::events::RejectedLine& line) {
        rejected.push_back(std::to_string(line.line) + " " + std::string{line.text});
        CHECK_THAT(line.reason.what, Catch::Contains("api.max_body"));
    };
    const auto configured = GENERATE(std::uint64_t{30}, std::uint64_t{1} << 20U);
    const auto summary = import_through({sidecar, "token", configured}, stream, options);
    REQUIRE(summary);
    CHECK(summary->fresh == 8);
    CHECK(summary->rejected == 1);
    CHECK(summary->position.offset == text.size());
    CHECK(rejected == std::vector<std::string>{"7 {\"a\":\"longer than it takes at all\"}"});
}

namespace {

/// Says the same to everything.
class SaysThis final : public fedtrail::HttpClient {
public:
    SaysThis(int status, std::string body) : status_(status), body_(std::move(body)) {}
    fedtrail::Result<fedtrail::HttpResponse> send(const fedtrail::HttpRequest& /*request*/) override {
        return fedtrail::HttpResponse{status_, {}, body_};
    }

private:
    int status_;
    std::string body_;
};

}  // namespace

TEST_CASE("An answer that does not tell of each line takes none for handed in", "[app][import][remote]") {
    const std::string counts = GENERATE(
        R"("new":0,"duplicate":0,"without_subject":0,"rejected":[])",
        R"("new":1,"duplicate":0,"without_subject":0,"rejected":[])",
        R"("new":3,"duplicate":0,"without_subject":0,"rejected":[])",
        R"("new":18446744073709551615,"duplicate":3,"without_subject":0,"rejected":[])",
        R"("new":2,"duplicate":0,"without_subject":0,"to_own_origin":1,"rejected":[])",
        R"("new":1,"duplicate":0,"without_subject":0,"rejected":[{"line":9,"reason":"none of them"}])",
        R"("new":1,"duplicate":0,"without_subject":0,"rejected_lines":1,"rejected":[])");
    SaysThis other{200, "{" + counts + "}"};
    std::istringstream stream{"{\"a\":1}\n \n{\"a\":2}\n"};
    const auto summary = import_through({other, "token"}, stream, {});
    REQUIRE_FALSE(summary);
    CHECK(summary.error().kind == fedtrail::ErrorKind::Unavailable);
    CHECK_THAT(summary.error().what, Catch::Contains("each of 2 lines"));
}

TEST_CASE("An empty line needs no word of the sidecar's", "[app][import][remote]") {
    SaysThis sidecar{200,
                     R"({"new":1,"duplicate":0,"without_subject":0,"rejected":[{"line":3,"reason":"bad"}]})"};
    std::istringstream stream{"{\"a\":1}\n \t\r\n{\"a\":2}\n"};
    const auto summary = import_through({sidecar, "token"}, stream, {});
    REQUIRE(summary);
    CHECK(summary->fresh == 1);
    CHECK(summary->rejected == 1);
}

TEST_CASE("A refusal whose words are no text is a refusal", "[app][import][remote]") {
    SaysThis other{503, R"({"detail":5})"};
    std::istringstream stream{"{\"a\":1}\n"};
    const auto summary = import_through({other, "token"}, stream, {});
    REQUIRE_FALSE(summary);
    CHECK(summary.error().what == "the running sidecar answered 503");
}
