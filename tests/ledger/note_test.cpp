#include "fedtrail/ledger/note.hpp"

#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/core/hex.hpp"
#include "fedtrail/ledger/checkpoint.hpp"

using namespace fedtrail::ledger;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::Bytes;
using fedtrail::bytes_of;
using fedtrail::ErrorKind;

namespace {

// The example of golang.org/x/mod/sumdb/note: the key, the seed of its private key, a note it signed.
constexpr auto kPeter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr auto kPeterSecret =
    "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";  // the algorithm's octet, 32 of seed
const std::string kPeterText =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const std::string kPeterNote =
    kPeterText +
    "\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

// Checkpoints of the Go checksum database, as it served them, with its key.
constexpr auto kSumdbKey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
const std::string kSumdbNote =
    "go.sum database tree\n63096908\n8lHrQPRYe4KT4WQ9/Qk8/taKnD6IRHbFgfN7vQE2Y54=\n\n— sum.golang.org "
    "Az3gri/oVBN1jAhNZ/iS+W31psFAWRT20/GyrhpU6taFwulQGetBkH5S7wpGXdS935jiIGiUUAXBVHzT/P6fYhqAmAk=\n";

NoteSigner signer_of(const std::string& name, NoteKeyKind kind, char seed) {
    const std::string octets(32, seed);
    return *NoteSigner::make(name, kind, bytes_of(octets));
}

}  // namespace

TEST_CASE("The published key is read and written", "[ledger][note]") {
    const auto key = VerifierKey::parse(kPeter);
    REQUIRE(key.has_value());
    CHECK(key->name == "PeterNeumann");
    CHECK(key->text() == kPeter);
    const std::string text = kPeter;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto other = text;
        ++other[i];
        CAPTURE(other);
        CHECK_FALSE(VerifierKey::parse(other).has_value());
        CHECK_FALSE(VerifierKey::parse(text.substr(0, i)).has_value());
        CHECK_FALSE(VerifierKey::parse(text.substr(i + 1)).has_value());
    }
    CHECK_FALSE(
        VerifierKey::parse("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==")
            .has_value());
    CHECK_FALSE(
        VerifierKey::parse("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").has_value());
}

TEST_CASE("The published note is signed and checked", "[ledger][note]") {
    const auto secret = fedtrail::from_base64(kPeterSecret);
    const auto signer =
        NoteSigner::make("PeterNeumann", NoteKeyKind::Log, fedtrail::ByteView{*secret}.subspan(1));
    REQUIRE(signer.has_value());
    CHECK(signer->verifier().text() == kPeter);
    CHECK(Note{kPeterText, {signer->sign(kPeterText)}}.write() == kPeterNote);
    const std::vector keys{*VerifierKey::parse(kPeter)};
    const auto note = Note::parse(kPeterNote);
    REQUIRE(note.has_value());
    CHECK(note->text == kPeterText);
    CHECK(check(*note, keys)->size() == 1);
    auto changed = *note;
    changed.text[3] = 'Y';
    REQUIRE_FALSE(check(changed, keys).has_value());
    CHECK(check(changed, keys).error().kind == ErrorKind::Denied);
    CHECK(check(*note, {})->empty());
}

TEST_CASE("A checkpoint of the Go checksum database is checked", "[ledger][note]") {
    const auto note = Note::parse(kSumdbNote);
    REQUIRE(note.has_value());
    const std::vector keys{*VerifierKey::parse(kSumdbKey)};
    REQUIRE(check(*note, keys).has_value());
    CHECK(check(*note, keys)->size() == 1);
    const auto checkpoint = Checkpoint::parse(note->text);
    REQUIRE(checkpoint.has_value());
    CHECK(checkpoint->origin == "go.sum database tree");
    CHECK(checkpoint->size == 63'096'908);
    CHECK(checkpoint->text() == note->text);
}

TEST_CASE("A witness signs the time with the text", "[ledger][note]") {
    CHECK(cosigned_message(1'679'315'147, "a\n1\nb\n") == "cosignature/v1\ntime 1679315147\na\n1\nb\n");
    const auto log = signer_of("log.example", NoteKeyKind::Log, 'l');
    const auto witness = signer_of("witness.example", NoteKeyKind::Witness, 'w');
    CHECK(log.verifier().text() != witness.verifier().text());
    const auto text = Checkpoint{"log.example", 3, sha256(bytes_of("root"))}.text();
    Note note{text, {log.sign(text), witness.sign(text, 1'764'300'000)}};
    REQUIRE(note.signatures[1].signature.size() == 8 + 64);
    CHECK(fedtrail::hex(fedtrail::ByteView{note.signatures[1].signature}.first(8)) == "00000000692914e0");
    const auto read = Note::parse(note.write());
    REQUIRE(read.has_value());
    CHECK(read->signatures == note.signatures);
    const std::vector keys{log.verifier(), witness.verifier()};
    const auto good = check(*read, keys);
    REQUIRE(good.has_value());
    REQUIRE(good->size() == 2);
    CHECK_FALSE(good->at(0).time.has_value());
    CHECK(good->at(1).time == 1'764'300'000);
    for (const std::uint64_t late : {std::uint64_t{INT64_MAX}, std::uint64_t{INT64_MAX} + 1, UINT64_MAX}) {
        CAPTURE(late);
        const auto of_late = check(Note{text, {witness.sign(text, late)}}, keys);
        REQUIRE(of_late.has_value() == (late == std::uint64_t{INT64_MAX}));
        if (!of_late) {  // it holds, and no clock has that time
            CHECK(of_late.error().kind == ErrorKind::Denied);
            CHECK(of_late.error().what.find("2^63-1") != std::string::npos);
        }
    }
    note.signatures[1].signature[7] ^= std::byte{1};  // another time
    CHECK_FALSE(check(note, keys).has_value());
    note.signatures[1].signature.resize(8);
    CHECK_FALSE(check(note, keys).has_value());
}

TEST_CASE("What is no signed note is refused", "[ledger][note]") {
    const auto line = kPeterNote.substr(kPeterText.size() + 1);
    CHECK(Note::parse(kPeterNote).has_value());
    CHECK(Note::parse("a\n\nb\n\n" + line)->text == "a\n\nb\n");
    for (const auto& wrong : {std::string{},
                              kPeterText,
                              kPeterText + "\n",
                              kPeterText + line,
                              kPeterNote.substr(0, kPeterNote.size() - 1),
                              kPeterNote + "\n",
                              kPeterNote + "x\n",
                              "a\tb\n\n" + line,
                              "a\r\n\n" + line,
                              "a\x7F\n\n" + line,
                              "a\xFF\n\n" + line,
                              "a\xC0\xAF\n\n" + line,
                              "a\xED\xA0\x80\n\n" + line,
                              "a\n\n- PeterNeumann" + line.substr(16),
                              "a\n\n— Peter Neumann" + line.substr(16),
                              "a\n\n— Peter+Neumann" + line.substr(16),
                              "a\n\n— Peter\xC2\xA0Neumann" + line.substr(16),
                              std::string{"a\n\n— PeterNeumann AAAA\n"},
                              std::string{"a\n\n— PeterNeumann x08go!\n"},
                              "a" + std::string(kMaxNote, 'a') + "\n\n" + line}) {
        CAPTURE(wrong.substr(0, 200));
        CHECK_FALSE(Note::parse(wrong).has_value());
    }
    auto many = kPeterText + "\n";
    for (std::size_t i = 0; i <= kMaxSignatures; ++i) {
        many += line;
    }
    CHECK_FALSE(Note::parse(many).has_value());
}

TEST_CASE("A key needs a name and 32 octets", "[ledger][note]") {
    const std::string seed(32, 's');
    for (const auto* const name : {"", "a b", "a+b", "a\nb", "a\xE2\x80\x83z", "a\xE3\x80\x80z", "a\x01z"}) {
        CHECK_FALSE(NoteSigner::make(name, NoteKeyKind::Log, bytes_of(seed)).has_value());
    }
    CHECK(NoteSigner::make("bücher.example/—", NoteKeyKind::Log, bytes_of(seed)).has_value());
    CHECK_FALSE(NoteSigner::make("a", NoteKeyKind::Log, bytes_of("short")).has_value());
}

TEST_CASE("What is no checkpoint is refused", "[ledger][checkpoint]") {
    const auto root = fedtrail::base64(sha256({}));
    CHECK(Checkpoint::parse("log\n0\n" + root + "\n").has_value());
    CHECK(Checkpoint::parse("log\n7\n" + root + "\nmore\n").has_value());
    for (const auto& wrong : {std::string{},
                              "log\n0\n" + root,
                              "\n0\n" + root + "\n",
                              "log\n00\n" + root + "\n",
                              "log\n+1\n" + root + "\n",
                              "log\n-1\n" + root + "\n",
                              "log\n\n" + root + "\n",
                              "log\n9223372036854775808\n" + root + "\n",
                              std::string{"log\n1\nAAAA\n"},
                              "log\n1\n" + root.substr(1) + "\n",
                              "log\n1\n" + root + "\n\n",
                              "log\n1\n" + root + "\nmore"}) {
        CAPTURE(wrong);
        CHECK_FALSE(Checkpoint::parse(wrong).has_value());
    }
}

TEST_CASE("A proof is a file of C2SP tlog-proof", "[ledger][checkpoint]") {
    const auto one = sha256(bytes_of("hash1"));
    const auto two = sha256(bytes_of("hash2"));
    LeafProof proof{5, {}, {one, two}, "test checkpoint\n"};
    CHECK(proof.write() == "c2sp.org/tlog-proof@v1\nindex 5\n" + fedtrail::base64(one) + "\n" +
                               fedtrail::base64(two) + "\n\ntest checkpoint\n");
    proof.extra = fedtrail::to_bytes("extra information");
    CHECK(proof.write().starts_with("c2sp.org/tlog-proof@v1\nextra ZXh0cmEgaW5mb3JtYXRpb24=\nindex 5\n"));
    const auto read = LeafProof::parse(proof.write());
    REQUIRE(read.has_value());
    CHECK(read->index == 5);
    CHECK(read->extra == proof.extra);
    CHECK(read->path == proof.path);
    CHECK(read->checkpoint == proof.checkpoint);
    CHECK(LeafProof::parse("c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n")->path.empty());
    for (const auto* const wrong : {"",
                                    "wrong-header\nindex 0\n\ncheckpoint\n",
                                    "c2sp.org/tlog-proof@v1\n",
                                    "c2sp.org/tlog-proof@v1\nindex 0\n",
                                    "c2sp.org/tlog-proof@v1\nindex 0\n\n",
                                    "c2sp.org/tlog-proof@v1\nindex notanumber\n\ncheckpoint\n",
                                    "c2sp.org/tlog-proof@v1\nindex 01\n\ncheckpoint\n",
                                    "c2sp.org/tlog-proof@v1\nextra !!\nindex 0\n\ncheckpoint\n",
                                    "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\ncheckpoint\n"}) {
        CAPTURE(wrong);
        CHECK_FALSE(LeafProof::parse(wrong).has_value());
    }
}
