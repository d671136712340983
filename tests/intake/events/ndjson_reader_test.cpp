#include "intake/events/ndjson_reader.hpp"

#include <sstream>
#include <streambuf>

#include <catch2/catch.hpp>

#include "intake/events/examples.hpp"
#include "intake/events/observation_line.hpp"

using namespace fedtrail::intake::events;

namespace {

/// Gives its text in pieces of some bytes, as a pipe does.
class Pieces : public std::streambuf {
public:
    Pieces(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}

protected:
    int_type underflow() override {
        if (at_ == text_.size()) {
            return traits_type::eof();
        }
        const auto size = std::min(piece_, text_.size() - at_);
        setg(text_.data() + at_, text_.data() + at_, text_.data() + at_ + size);
        at_ += size;
        return traits_type::to_int_type(*gptr());
    }

private:
    std::string text_;
    std::size_t piece_;
    std::size_t at_{};
};

struct Seen {
    std::uint64_t line;
    std::uint64_t offset;
    bool good;
    friend bool operator==(const Seen&, const Seen&) = default;
};

std::vector<Seen> read_all(std::istream& stream) {
    NdjsonReader reader{stream, {}};
    std::vector<Seen> seen;
    while (const auto entry = reader.next()) {
        seen.push_back({entry->end.lines, entry->end.offset, entry->observation.has_value()});
    }
    return seen;
}

}  // namespace

TEST_CASE("Lines come with their number and the offset behind them, blank ones are passed over",
          "[intake][events]") {
    const auto line = test::digest_line();
    const auto size = line.size();
    const std::string text = line + "\n\n \r\n" + line + "\r\nbad\n" + line;
    const std::vector<Seen> wanted{
        {1, size + 1, true}, {4, 2 * size + 7, true}, {5, 2 * size + 11, false}, {6, 3 * size + 11, true}};
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
        CAPTURE(piece);
        Pieces pieces{text, piece};
        std::istream stream{&pieces};
        CHECK(read_all(stream) == wanted);
    }
    std::istringstream empty;
    CHECK(read_all(empty).empty());
}

TEST_CASE("Many blocks of lines are read without a seam", "[intake][events]") {
    std::string text;
    std::vector<Seen> wanted;
    for (std::uint64_t i = 1; i <= 5'000; ++i) {
        text += test::digest_line("r.example", std::string(i % 300, '7')) + "\n";
        wanted.push_back({i, text.size(), true});
    }
    std::istringstream stream{text};
    CHECK(read_all(stream) == wanted);
}

TEST_CASE("A line that is too long is passed over whatever its length", "[intake][events]") {
    const auto line = test::digest_line();
    for (const auto length : {kMaxLineBytes, kMaxLineBytes + 1, 5 * kMaxLineBytes + 3}) {
        for (const auto& end : {"\n" + line, std::string{}}) {
            CAPTURE(length, end.size());
            std::stringstream stream;
            stream << line << '\n' << std::string(length, 'x') << end;
            NdjsonReader reader{stream, {}};
            REQUIRE(reader.next()->observation);
            const auto long_line = reader.next();
            REQUIRE(long_line);
            CHECK(long_line->end == Position{line.size() + 1 + length + (end.empty() ? 0 : 1), 2});
            REQUIRE_FALSE(long_line->observation);
            CHECK((long_line->observation.error().what.find("longer") != std::string::npos) ==
                  (length > kMaxLineBytes));
            const auto last = reader.next();
            CHECK(last.has_value() == !end.empty());
            CHECK((!last || last->observation));
        }
    }
}
