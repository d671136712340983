/// The books of erasures, real and fake, behind one face, and cases to put into them.

#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/ledger_fixture.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/objection_book.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/request_book.hpp"
#include "fakes/subject_facts.hpp"
#include "host.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

using Names = std::vector<std::string>;

/// Keys that can be destroyed.
class ShreddableKeys final : public NumberedKeys {
public:
    [[nodiscard]] Result<Bytes> seal(privacy::SubjectNumber subject,
                                     std::string_view context,
                                     ByteView plain) const override {
        return gone_.count(subject) > 0 ? fail(ErrorKind::NotFound, "the subject was shredded")
                                        : NumberedKeys::seal(subject, context, plain);
    }
    [[nodiscard]] Result<Bytes> open(privacy::SubjectNumber subject,
                                     std::string_view context,
                                     ByteView sealed) const override {
        return gone_.count(subject) > 0 ? fail(ErrorKind::NotFound, "the subject was shredded")
                                        : NumberedKeys::open(subject, context, sealed);
    }
    void shred(privacy::SubjectNumber subject) { gone_.insert(subject); }

private:
    std::set<privacy::SubjectNumber> gone_;
};

/// The real ones, on disk.
class SqliteShelf {
public:
    SqliteShelf() { reopen(); }

    [[nodiscard]] sqlite::SqliteCases& requests() { return *cases_; }
    [[nodiscard]] sqlite::SqliteCases& notices() { return *cases_; }
    [[nodiscard]] sqlite::SqliteCases& objections() { return *cases_; }
    [[nodiscard]] sqlite::SqliteCases& facts() { return *cases_; }
    [[nodiscard]] sqlite::SqliteDirectory& directory() { return *directory_; }
    [[nodiscard]] std::filesystem::path file() const { return folder_ / "cases.db"; }
    [[nodiscard]] ShreddableKeys& keys() { return keys_; }

    /// As after a restart.
    void reopen() {
        cases_.reset();
        directory_.reset();
        cases_ = std::move(*sqlite::SqliteCases::open_file(file(), keys_, sqlite::OpenMode::ReadWrite));
        directory_ = std::move(
            *sqlite::SqliteDirectory::open_file(folder_ / "directory.db", sqlite::OpenMode::ReadWrite));
    }

private:
    TempDir folder_;
    ShreddableKeys keys_;
    std::unique_ptr<sqlite::SqliteCases> cases_;
    std::unique_ptr<sqlite::SqliteDirectory> directory_;
};

/// The ones in memory.
class FakeShelf {
public:
    [[nodiscard]] FakeRequestBook& requests() { return requests_; }
    [[nodiscard]] FakeNoticeBook& notices() { return notices_; }
    [[nodiscard]] FakeObjectionBook& objections() { return objections_; }
    [[nodiscard]] FakeSubjectFacts& facts() { return facts_; }
    [[nodiscard]] FakeRecipientDirectory& directory() { return directory_; }
    void reopen() {}

private:
    FakeRequestBook requests_;
    FakeNoticeBook notices_{requests_};
    FakeObjectionBook objections_;
    FakeSubjectFacts facts_;
    FakeRecipientDirectory directory_;
};

[[nodiscard]] inline Instant at(std::int64_t seconds) {
    return from_unix_seconds(1'700'000'000 + seconds);
}

[[nodiscard]] inline records::RequestEvent event(privacy::RequestEventKind kind,
                                                 privacy::RequestState state,
                                                 std::int64_t seconds = 0) {
    return records::RequestEvent{at(seconds), kind, state, "cli", std::nullopt, {}};
}

/// Records a change of `request`, whatever it is.
template <typename Shelf>
records::ErasureRequest record(Shelf& shelf, const records::ErasureRequest& request) {
    auto recorded =
        shelf.requests().record(request, event(privacy::RequestEventKind::Extended, request.state, 5));
    REQUIRE(recorded);
    return *recorded;
}

[[nodiscard]] inline records::ErasureRequest request_of(std::uint64_t subject) {
    records::ErasureRequest request;
    request.subject = privacy::SubjectNumber{subject};
    request.received_at = at(0);
    return request;
}

/// A request that lets notices leave.
[[nodiscard]] inline records::ErasureRequest started(RequestBook& book, std::uint64_t subject) {
    auto request = *book.open(request_of(subject),
                              event(privacy::RequestEventKind::Received, privacy::RequestState::Received));
    request.state = privacy::RequestState::InProgress;
    return *book.record(request,
                        event(privacy::RequestEventKind::Started, privacy::RequestState::InProgress, 1));
}

[[nodiscard]] inline records::ErasedObject object_of(std::uint64_t number) {
    return records::ErasedObject{
        Personal<std::string>{"https://origin.example/users/alice/statuses/" + std::to_string(number)},
        fediverse::CategorySet{fediverse::DataCategory::PostText},
        false};
}

[[nodiscard]] inline std::vector<records::ErasedObject> objects_of(std::size_t count) {
    std::vector<records::ErasedObject> objects;
    for (std::size_t i = 0; i < count; ++i) {
        objects.push_back(object_of(i));
    }
    return objects;
}

/// A Delete of the actor, due at `seconds`.
[[nodiscard]] inline records::Notice notice_to(const records::ErasureRequest& request,
                                               const std::string& recipient,
                                               std::int64_t seconds = 0) {
    records::Notice notice;
    notice.request = request.number;
    notice.subject = request.subject;
    notice.recipient = host(recipient);
    notice.software = "mastodon";
    notice.dialect = "mastodon";
    notice.inbox = "https://" + recipient + "/inbox";
    notice.steps.push_back(records::NoticeStep{});
    notice.next_at = at(seconds);
    return notice;
}

/// Whether two notices say the same, member for member.
[[nodiscard]] inline bool same(const records::Notice& a, const records::Notice& b) {
    return a.number == b.number && a.request == b.request && a.subject == b.subject &&
           a.recipient == b.recipient && a.state == b.state && a.software == b.software &&
           a.dialect == b.dialect && a.inbox == b.inbox && a.steps == b.steps && a.position == b.position &&
           a.attempts == b.attempts && a.declined == b.declined && a.in_flight == b.in_flight &&
           a.next_at == b.next_at && a.last_status == b.last_status &&
           a.acknowledged_at == b.acknowledged_at && a.seen_from_origin == b.seen_from_origin &&
           a.left == b.left && a.presence == b.presence && a.looks == b.looks && a.rounds == b.rounds &&
           a.next_look_at == b.next_look_at && a.reason == b.reason && a.resting_since == b.resting_since;
}

[[nodiscard]] inline bool same(const records::ErasureRequest& a, const records::ErasureRequest& b) {
    return a.number == b.number && a.version == b.version && a.subject == b.subject && a.source == b.source &&
           a.scope == b.scope && a.state == b.state && a.received_at == b.received_at &&
           a.identity_verified == b.identity_verified && a.extended == b.extended && a.stopped == b.stopped &&
           a.origin_gone_at == b.origin_gone_at && a.duplicate_of == b.duplicate_of &&
           a.closed_at == b.closed_at && a.max_rate == b.max_rate;
}

[[nodiscard]] inline std::vector<std::string> recipients_of(const std::vector<records::Notice>& notices) {
    std::vector<std::string> names;
    for (const auto& notice : notices) {
        names.push_back(notice.recipient.text());
    }
    return names;
}

}  // namespace fedtrail::testing
