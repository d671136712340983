/// Input that cannot be read to its end: a disk fails, or what is packed is damaged.

#include <streambuf>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "intake/events/examples.hpp"
#include "intake/events/import.hpp"

using namespace fedtrail;
using namespace fedtrail::intake::events;

namespace {

enum class Breaks { ByThrowing, ByItsState };

/// Says a text; behind it, it cannot be read on: as a file's buffer that throws, or as an unpacking one that
/// makes its stream bad().
class BreakingBuffer final : public std::streambuf {
public:
    BreakingBuffer(std::string text, Breaks how) : text_(std::move(text)), how_(how) {
        setg(text_.data(), text_.data(), text_.data() + text_.size());
    }
    void belong_to(std::istream& owner) { owner_ = &owner; }

protected:
    int_type underflow() override {
        if (how_ == Breaks::ByThrowing) {
            throw std::ios_base::failure{"the disk has failed"};
        }
        owner_->setstate(std::ios_base::badbit);
        return traits_type::eof();
    }

private:
    std::string text_;
    Breaks how_;
    std::istream* owner_{};
};

class CountingSink final : public DeliverySink {
public:
    void intend(records::Observation, IntentDone) override { FAIL("an import intends nothing"); }
    void settle(IntentId, privacy::Outcome) override { FAIL("an import settles nothing"); }
    void open_tunnel(const records::TunnelObservation&, TunnelReason, TunnelDone) override {
        FAIL("an import opens no tunnel");
    }
    void tunnel(const records::TunnelObservation&) override {}
    void gap(const records::GapObservation&) override {}
    Result<Observed> observe(std::span<const records::Observation> observations) override {
        taken += observations.size();
        return Observed{observations.size(), 0};
    }

    std::size_t taken{};
};

}  // namespace

TEST_CASE("What stands before the place where the input breaks goes in, half a line does not",
          "[intake][events][broken]") {
    const auto how = GENERATE(Breaks::ByThrowing, Breaks::ByItsState);
    const auto whole = test::digest_line("a.example") + "\n" + test::digest_line("b.example") + "\n";
    const auto rest = GENERATE(as<std::string>{}, "{\"at\":", test::digest_line("c.example"));
    BreakingBuffer buffer{whole + rest, how};
    std::istream stream{&buffer};
    buffer.belong_to(stream);
    CountingSink sink;
    ImportOptions options;
    options.rejected = [](const auto& line) { FAIL("line " << line.line << " is none"); };
    const auto summary = import_ndjson(stream, sink, options);
    REQUIRE(summary);
    CHECK(stream.bad());
    CHECK(sink.taken == 2);
    CHECK(summary->position == Position{whole.size(), 2});
}

TEST_CASE("Input that breaks before the place where an import goes on is not called shorter",
          "[intake][events][broken]") {
    BreakingBuffer buffer{"one\ntwo\n", GENERATE(Breaks::ByThrowing, Breaks::ByItsState)};
    std::istream stream{&buffer};
    buffer.belong_to(stream);
    CountingSink sink;
    ImportOptions options;
    options.resume = Position{1000, 20};
    const auto summary = import_ndjson(stream, sink, options);
    REQUIRE(summary);
    CHECK(stream.bad());
    CHECK(sink.taken == 0);
    CHECK(summary->position == options.resume);
}
