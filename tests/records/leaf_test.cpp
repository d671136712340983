#include "fedtrail/records/leaf.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::records;  // NOLINT(google-build-using-namespace)

namespace {

LeafDigest digest_of(std::uint8_t value) {
    LeafDigest digest{};
    digest.fill(static_cast<std::byte>(value));
    return digest;
}

ActivityLeaf an_activity() {
    ActivityLeaf leaf;
    leaf.subject = privacy::SubjectNumber{7};
    leaf.number = 300;
    leaf.type = "Create";
    leaf.categories = 0x105;
    leaf.visibility = 1;
    leaf.id = Personal<std::string>{"https://o.example/a/1"};
    leaf.object = Personal<std::string>{"https://o.example/n/1"};
    leaf.attempts = {{3, 0, 0x1'00CA}, {3, 15, 0x1'00C8}, {9, -2, 0x5'0000}};
    return leaf;
}

/// One of every kind, none of it left out.
std::vector<LeafBody> one_of_each() {
    const auto host = *Host::parse("b.example");
    return {
        an_activity(),
        LateAttemptLeaf{privacy::SubjectNumber{7}, 300, 9, 0x1'00CA},
        RecipientNameLeaf{9, "b.example"},
        WindowLeaf{4, 1'000, digest_of(0xAB), 1'700'000'000, 1'700'000'060},
        RequestEventLeaf{RequestNumber{2},
                         5,
                         privacy::SubjectNumber{7},
                         RequestSource::Person,
                         ScopeKind::Matching,
                         privacy::RequestEventKind::Refused,
                         privacy::RequestState::Refused,
                         privacy::RefusalGround::NoGround,
                         "cli",
                         digest_of(1)},
        NoticeStateLeaf{RequestNumber{2}, NoticeNumber{11}, host, fediverse::NoticeState::VerifiedGone},
        NoticeAttemptLeaf{
            RequestNumber{2}, NoticeNumber{11}, host, 1, AttemptResult::Answered, 202, "cavage", "a note"},
        NoticeLookLeaf{RequestNumber{2}, NoticeNumber{11}, host, "mastodon", fediverse::Presence::Gone, 410},
        NoticeLetterLeaf{
            RequestNumber{2}, NoticeNumber{11}, host, "first", "de", "smtp", "<1@o.example>", true, "sent"},
        ObjectionLeaf{privacy::SubjectNumber{7}, host, true, RequestNumber{2}},
        PolicyChangeLeaf{"0.1.0", {{"a.json", digest_of(2)}, {"texts/de/x.md", digest_of(3)}}},
        ShreddingLeaf{privacy::SubjectNumber{7}, "closed requests", "fedtrail", {{"chunk", 12}}},
        RetentionRunLeaf{digest_of(5), {{"look", 3}, {"tunnel", 0}}},
        ExportLeaf{"audit bundle", "full", "request 7", "cli", 1'234, digest_of(4)},
        AccessLeaf{privacy::SubjectNumber{7}, "report", "cli", "asked for it", true},
        GapLeaf{from_unix_seconds(10), from_unix_seconds(20), 33},
        ConsentLeaf{privacy::SubjectNumber{7}, 3, "US", "a.example", 20'000, 20'100}};
}

}  // namespace

TEST_CASE("Every kind of record comes back from its bytes, and from no others", "[leaf]") {
    const auto bodies = one_of_each();
    REQUIRE(bodies.size() == std::variant_size_v<LeafBody>);
    for (const auto& body : bodies) {
        CAPTURE(name_of(kind_of(body)));
        CHECK(leaf_kind_named(name_of(kind_of(body))) == kind_of(body));
        const auto bytes = encode_body(body);
        REQUIRE(bytes);
        const auto again = decode_body(kind_of(body), *bytes);
        REQUIRE(again);
        CHECK(*again == body);
        for (std::size_t cut = 0; cut < bytes->size(); ++cut) {
            CHECK_FALSE(decode_body(kind_of(body), ByteView{*bytes}.first(cut)));
        }
        auto longer = *bytes;
        longer.push_back(std::byte{0});
        CHECK_FALSE(decode_body(kind_of(body), longer));
        for (std::size_t i = 0; i < bytes->size(); ++i) {
            auto flipped = *bytes;
            flipped[i] ^= std::byte{0x40};
            const auto other = decode_body(kind_of(body), flipped);
            CHECK((!other || *other != body));
        }
    }
    CHECK_FALSE(leaf_kind_named("nothing"));
    CHECK_FALSE(decode_body(static_cast<LeafKind>(16), {}));
}

TEST_CASE("A number has one spelling in a record", "[leaf]") {
    const Bytes name = *encode_body(RecipientNameLeaf{9, "b.example"});
    Bytes padded{std::byte{0x89}, std::byte{0x00}};  // 9 in two octets
    padded.insert(padded.end(), name.begin() + 1, name.end());
    CHECK_FALSE(decode_body(LeafKind::RecipientName, padded));
}

TEST_CASE("What a record may not hold is refused", "[leaf]") {
    auto activity = an_activity();
    std::swap(activity.attempts[0], activity.attempts[2]);
    CHECK_FALSE(encode_body(activity));
    CHECK_FALSE(
        encode_body(AccessLeaf{privacy::SubjectNumber{1}, std::string(4'097, 'x'), "cli", "", false}));
    CHECK(encode_body(AccessLeaf{privacy::SubjectNumber{1}, std::string(4'096, 'x'), "cli", "", false}));
    CHECK_FALSE(encode_body(PolicyChangeLeaf{"1", {{"b", {}}, {"a", {}}}}));
    CHECK_FALSE(encode_body(PolicyChangeLeaf{"1", {{"a", {}}, {"a", {}}}}));
}

TEST_CASE("The bytes of a record are those that the format's page tells", "[leaf]") {
    CHECK(hex(*encode_body(LeafBody{an_activity()})) ==
          "07"                                            // subject
          "ac02"                                          // number
          "06437265617465"                                // "Create"
          "8502"                                          // categories
          "01"                                            // visibility
          "1568747470733a2f2f6f2e6578616d706c652f612f31"  // id
          "00"                                            // an object of its own
          "1568747470733a2f2f6f2e6578616d706c652f6e2f31"  // object
          "03"                                            // attempts
          "030006"                                        // recipients
          "001e03"                                        // offsets
          "ca8104c88104808014");                          // outcomes
}

TEST_CASE("What is hashed of a record is told to the octet", "[leaf]") {
    LeafSalt salt{};
    salt.fill(std::byte{0x11});
    const auto body = *encode_body(RecipientNameLeaf{9, "b.example"});
    CHECK(hex(body_message(salt, body)) ==
          std::string{"666564747261696c2f626f64792f310a"} + std::string(64, '1') + "0909622e6578616d706c65");
    CHECK(hex(encode_head({LeafKind::RequestEvent, Instant{std::chrono::milliseconds{1'000}}})) == "04d00f");
    CHECK(hex(leaf_message({LeafKind::RequestEvent, Instant{std::chrono::milliseconds{1'000}}},
                           digest_of(0x22))) ==
          std::string{"666564747261696c2f6c6561662f310a"} + "04d00f" + hex(digest_of(0x22)));
    const auto entry = leaf_entry(digest_of(0x33));
    CHECK(entry.size() == 33);
    CHECK(*commitment_in(entry) == digest_of(0x33));
    auto other = entry;
    other[0] = std::byte{2};
    CHECK_FALSE(commitment_in(other));
    CHECK_FALSE(commitment_in(ByteView{entry}.first(32)));
    CHECK(hex(words_message(ByteView{salt}.first(2), "no")) ==
          "666564747261696c2f776f7264732f310a0211116e6f");
    CHECK(hex(salt_message(ByteView{salt}.first(2), LeafKind::Activity, 300)) ==
          "666564747261696c2f73616c742f310a02111100ac02");
}
