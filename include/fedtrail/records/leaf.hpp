/// What the transparency log commits to: one record per event, its canonical bytes, and the salted commitment
/// that stands in the log in its place. Nothing of a record can be told from the log. docs/formats/leaf.md.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/chunk.hpp"
#include "fedtrail/ledger/hash.hpp"
#include "fedtrail/ledger/varint.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::records {

/// The numbers are written to disk: append only. The first three stand in a window's own tree, the others in
/// the log itself.
enum class LeafKind : std::uint8_t {
    Activity = 0,
    LateAttempt = 1,
    RecipientName = 2,
    Window = 3,
    RequestEvent = 4,
    NoticeState = 5,
    NoticeAttempt = 6,
    NoticeLook = 7,
    NoticeLetter = 8,
    Objection = 9,
    PolicyChange = 10,
    Shredding = 11,
    RetentionRun = 12,
    Export = 13,
    Access = 14,
    Gap = 15,
    Consent = 16,
};
inline constexpr LeafKind kLastLeafKind = LeafKind::Consent;

using LeafDigest = ledger::Hash;             ///< SHA-256.
using LeafSalt = std::array<std::byte, 32>;  ///< Random, or as random to whoever lacks the key.

inline constexpr std::size_t kMaxLeafText = 4'096;                   ///< Octets of any text in a record.
inline constexpr std::size_t kMaxLeafBody = std::size_t{16} << 20U;  ///< Of a whole body.
inline constexpr std::size_t kMaxWindowLeaves = std::size_t{1} << 24U;

/// An activity of one subject with every attempt to hand it to anybody, as a chunk has it. Times at a second.
struct ActivityLeaf {
    privacy::SubjectNumber subject;
    std::uint32_t number{};  ///< Among the subject's activities, from 0.
    std::string type;        ///< ActivityStreams type; "" if it was not read.
    std::uint16_t categories{};
    std::uint8_t visibility{};
    Personal<std::string> id;             ///< URI; "" if it has none.
    std::optional<std::uint32_t> refers;  ///< The earlier activity that has the same object, else …
    Personal<std::string> object;         ///< … its URI.
    /// Ascending by recipient and time. The code is channel * 2^20 + kind of outcome * 2^16 + HTTP status;
    /// its top octet is left out.
    std::vector<ledger::Attempt> attempts;

    friend bool operator==(const ActivityLeaf&, const ActivityLeaf&) = default;
};

/// An attempt seen after its activity had gone into the log. The record's time is the attempt's.
struct LateAttemptLeaf {
    privacy::SubjectNumber subject;
    std::uint32_t activity{};
    std::uint32_t recipient{};
    std::uint32_t code{};  ///< As in ActivityLeaf.

    friend bool operator==(const LateAttemptLeaf&, const LateAttemptLeaf&) = default;
};

/// Which host a recipient's number stands for.
struct RecipientNameLeaf {
    std::uint32_t number{};
    std::string host;

    friend bool operator==(const RecipientNameLeaf&, const RecipientNameLeaf&) = default;
};

/// What went into the chunks in one fold: a tree of its own, of which the log has the root.
struct WindowLeaf {
    std::uint64_t number{};   ///< From 1, without a gap.
    std::uint64_t leaves{};   ///< Of its tree.
    LeafDigest root{};        ///< Of its tree (RFC 6962 section 2.1).
    std::int64_t first_at{};  ///< Unix seconds: the least and the greatest time of what it holds; both 0 if
    std::int64_t last_at{};   ///< it holds names alone.

    friend bool operator==(const WindowLeaf&, const WindowLeaf&) = default;
};

/// A transition of an erasure request.
struct RequestEventLeaf {
    RequestNumber request;
    std::uint64_t place{};  ///< Among the request's events, from 0.
    privacy::SubjectNumber subject;
    RequestSource source{RequestSource::Admin};
    ScopeKind scope{ScopeKind::Account};
    privacy::RequestEventKind kind{privacy::RequestEventKind::Received};
    privacy::RequestState state{privacy::RequestState::Received};
    std::optional<privacy::RefusalGround> ground;
    std::string by;
    std::optional<LeafDigest> words;  ///< Of the reason, if there is one: words_message().

    friend bool operator==(const RequestEventLeaf&, const RequestEventLeaf&) = default;
};

/// A notice was planned, or came into another state.
struct NoticeStateLeaf {
    RequestNumber request;
    NoticeNumber notice;
    Host recipient;
    fediverse::NoticeState state{fediverse::NoticeState::Planned};

    friend bool operator==(const NoticeStateLeaf&, const NoticeStateLeaf&) = default;
};

struct NoticeAttemptLeaf {
    RequestNumber request;
    NoticeNumber notice;
    Host recipient;
    std::uint32_t step{};
    AttemptResult result{AttemptResult::Begun};
    std::uint16_t status{};
    std::string scheme;
    std::string note;

    friend bool operator==(const NoticeAttemptLeaf&, const NoticeAttemptLeaf&) = default;
};

struct NoticeLookLeaf {
    RequestNumber request;
    NoticeNumber notice;
    Host recipient;
    std::string probe;
    fediverse::Presence presence{fediverse::Presence::Unknown};
    std::uint16_t status{};

    friend bool operator==(const NoticeLookLeaf&, const NoticeLookLeaf&) = default;
};

struct NoticeLetterLeaf {
    RequestNumber request;
    NoticeNumber notice;
    Host recipient;
    std::string rung;
    std::string language;
    std::string channel;
    std::string message_id;
    bool handed_over{};
    std::string note;

    friend bool operator==(const NoticeLetterLeaf&, const NoticeLetterLeaf&) = default;
};

/// A person objected to a recipient, or no longer does.
struct ObjectionLeaf {
    privacy::SubjectNumber subject;
    Host recipient;
    bool lifted{};
    RequestNumber request;  ///< 0: none.

    friend bool operator==(const ObjectionLeaf&, const ObjectionLeaf&) = default;
};

struct PolicyFile {
    std::string name;  ///< Below the policies' folder, with "/".
    LeafDigest digest{};

    friend bool operator==(const PolicyFile&, const PolicyFile&) = default;
};

/// The policies in force from then on: all of them, not only what changed.
struct PolicyChangeLeaf {
    std::string program;            ///< Version of the program that read them.
    std::vector<PolicyFile> files;  ///< Ascending by name, none twice.

    friend bool operator==(const PolicyChangeLeaf&, const PolicyChangeLeaf&) = default;
};

/// So many of something: "chunk" 12.
struct LeafCount {
    std::string what;
    std::uint64_t count{};

    friend bool operator==(const LeafCount&, const LeafCount&) = default;
};

/// A subject's key was destroyed.
struct ShreddingLeaf {
    privacy::SubjectNumber subject;
    std::string why;  ///< Name of the retention rule, or what the operator said; no personal data.
    std::string by;   ///< See by.hpp; so of every record.
    std::vector<LeafCount> removed;

    friend bool operator==(const ShreddingLeaf&, const ShreddingLeaf&) = default;
};

struct RetentionRunLeaf {
    LeafDigest policy{};  ///< SHA-256 of the retention.json that was applied; a PolicyChangeLeaf names it.
    std::vector<LeafCount> removed;

    friend bool operator==(const RetentionRunLeaf&, const RetentionRunLeaf&) = default;
};

struct ExportLeaf {
    std::string what;   ///< "audit bundle", "report".
    std::string level;  ///< "full", "pseudonymised", "minimal"; may be empty.
    std::string scope;  ///< "request 7", "subject 3", "everything".
    std::string by;
    std::uint64_t records{};
    std::optional<LeafDigest> digest;  ///< SHA-256 of the file, where it is known.

    friend bool operator==(const ExportLeaf&, const ExportLeaf&) = default;
};

/// Somebody looked at a person's data.
struct AccessLeaf {
    privacy::SubjectNumber subject;
    std::string what;  ///< "report", "name", "objects".
    std::string by;
    std::string why;  ///< What they said; may be empty.
    bool revealed{};  ///< The name behind the pseudonym was shown.

    friend bool operator==(const AccessLeaf&, const AccessLeaf&) = default;
};

/// Deliveries left while the ledger could not be written.
struct GapLeaf {
    Instant from{};
    Instant until{};
    std::uint64_t deliveries{};

    friend bool operator==(const GapLeaf&, const GapLeaf&) = default;
};

/// A person consented to transfers (Art. 49(1)(a)), or withdrew that (Art. 7(3)). Days since 1970-01-01.
struct ConsentLeaf {
    privacy::SubjectNumber subject;
    std::uint64_t number{};  ///< Of the consent.
    std::string country;     ///< ISO 3166-1 alpha-2.
    std::string recipient;   ///< Host; "": whoever is established there.
    std::uint64_t given{};
    std::optional<std::uint64_t> withdrawn;

    friend bool operator==(const ConsentLeaf&, const ConsentLeaf&) = default;
};

/// In the order of LeafKind.
using LeafBody = std::variant<ActivityLeaf,
                              LateAttemptLeaf,
                              RecipientNameLeaf,
                              WindowLeaf,
                              RequestEventLeaf,
                              NoticeStateLeaf,
                              NoticeAttemptLeaf,
                              NoticeLookLeaf,
                              NoticeLetterLeaf,
                              ObjectionLeaf,
                              PolicyChangeLeaf,
                              ShreddingLeaf,
                              RetentionRunLeaf,
                              ExportLeaf,
                              AccessLeaf,
                              GapLeaf,
                              ConsentLeaf>;

struct LeafRecord {
    Instant at{};  ///< When it happened.
    LeafBody body;

    friend bool operator==(const LeafRecord&, const LeafRecord&) = default;
};

/// What may be told of a record without opening it.
struct LeafHead {
    LeafKind kind{LeafKind::Activity};
    Instant at{};

    friend bool operator==(const LeafHead&, const LeafHead&) = default;
};

[[nodiscard]] inline LeafKind kind_of(const LeafBody& body) {
    return static_cast<LeafKind>(body.index());
}
[[nodiscard]] inline LeafHead head_of(const LeafRecord& record) {
    return {kind_of(record.body), record.at};
}
/// "activity", "request_event", …
[[nodiscard]] std::string_view name_of(LeafKind kind);
[[nodiscard]] std::optional<LeafKind> leaf_kind_named(std::string_view name);
/// Whose data the record is about; nothing if it is about nobody's.
[[nodiscard]] std::optional<privacy::SubjectNumber> subject_of(const LeafBody& body);

/// The canonical bytes of a body. Errors: Invalid (a text over kMaxLeafText, or a list out of order).
[[nodiscard]] Result<Bytes> encode_body(const LeafBody& body);
/// Errors: Corrupt; also for bytes that encode_body() would not have written.
[[nodiscard]] Result<LeafBody> decode_body(LeafKind kind, ByteView bytes);
/// An octet for the kind and the time in milliseconds.
[[nodiscard]] Bytes encode_head(const LeafHead& head);

/// What an activity's body is made of, where nobody wants to copy it: encode_body() of the record with these.
void encode_activity(ledger::ByteWriter& out,
                     const ActivityLeaf& without_attempts,
                     std::span<const ledger::Attempt> attempts);

// The commitment, in two steps, so that kind and time can be shown without the body:
//   digest     = SHA-256(body_message(salt, body))
//   commitment = SHA-256(leaf_message(head, digest))
// and what stands in the log is leaf_entry(commitment).

[[nodiscard]] Bytes body_message(const LeafSalt& salt, ByteView body);
/// What body_message() begins with; the body follows.
void begin_body_message(ledger::ByteWriter& out, const LeafSalt& salt);
[[nodiscard]] Bytes leaf_message(const LeafHead& head, const LeafDigest& digest);
/// 33 octets: 1, then the commitment.
[[nodiscard]] Bytes leaf_entry(const LeafDigest& commitment);
/// Errors: Corrupt (another form).
[[nodiscard]] Result<LeafDigest> commitment_in(ByteView entry);

[[nodiscard]] inline LeafDigest digest_of(const LeafSalt& salt, ByteView body) {
    return ledger::sha256(body_message(salt, body));
}
[[nodiscard]] inline LeafDigest commitment_of(const LeafHead& head, const LeafDigest& digest) {
    return ledger::sha256(leaf_message(head, digest));
}
/// Of a record's entry in a tree: RFC 6962 section 2.1.
[[nodiscard]] inline ledger::Hash leaf_hash_of(const LeafDigest& commitment) {
    return ledger::leaf_hash(leaf_entry(commitment));
}

/// SHA-256 of this is what a record says of words it does not repeat; `salt` is kept sealed with the words.
[[nodiscard]] Bytes words_message(ByteView salt, std::string_view words);

/// Salts that need no room: SHA-256 of this, for the `number`-th thing under a secret seed of 32 octets or
/// more.
[[nodiscard]] Bytes salt_message(ByteView seed, LeafKind kind, std::uint64_t number);

}  // namespace fedtrail::records
