#include "fedtrail/ledger/blob.hpp"

#include <catch2/catch.hpp>

#include "fedtrail/ledger/varint.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using ledger::BlobKind;

TEST_CASE("Any flipped bit of a blob is found", "[ledger][blob]") {
    const auto blob = ledger::frame(BlobKind::Facts, bytes_of("some facts"));
    REQUIRE(text_of(*ledger::unframe(BlobKind::Facts, blob)) == "some facts");
    for (std::size_t bit = 0; bit < blob.size() * 8; ++bit) {
        auto flipped = blob;
        flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        CAPTURE(bit);
        CHECK_FALSE(ledger::unframe(BlobKind::Facts, flipped));
    }
}

TEST_CASE("A blob cut short or of another kind is refused", "[ledger][blob]") {
    const auto blob = ledger::frame(BlobKind::Facts, bytes_of("x"));
    for (std::size_t size = 0; size < blob.size(); ++size) {
        CHECK_FALSE(ledger::unframe(BlobKind::Facts, ByteView{blob}.first(size)));
    }
    CHECK_FALSE(ledger::unframe(BlobKind::Times, blob));
}

TEST_CASE("Packing gives back what went in", "[ledger][blob]") {
    for (const auto size : {0, 1, 10, 1000, 100'000}) {
        Bytes content(static_cast<std::size_t>(size), std::byte{7});
        for (std::size_t i = 0; i < content.size(); i += 3) {
            content[i] = static_cast<std::byte>(i * 31);
        }
        CHECK(*ledger::unpack(ledger::pack(content)) == content);
    }
    CHECK(ledger::pack(Bytes(10'000)).size() < 100);
}

TEST_CASE("A packed size that cannot be true is refused", "[ledger][blob]") {
    ledger::ByteWriter bomb;
    bomb.varint(std::uint64_t{1} << 60U);
    CHECK_FALSE(ledger::unpack(bomb.bytes()));
    CHECK_FALSE(ledger::unpack({}));
}

TEST_CASE("Varints come back and refuse what is too long", "[ledger][varint]") {
    for (const std::uint64_t value : {0ULL, 127ULL, 128ULL, 16383ULL, 16384ULL, ~0ULL, 1ULL << 63U}) {
        ledger::ByteWriter out;
        out.varint(value);
        ledger::ByteReader in{out.bytes()};
        CHECK(in.varint() == value);
        CHECK(in.done());
    }
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) {
        CHECK(ledger::unzigzag(ledger::zigzag(value)) == value);
    }
    const Bytes endless(11, std::byte{0xFF});
    ledger::ByteReader in{endless};
    in.varint();
    CHECK_FALSE(in.ok());
}
