#include "audit/example_log.hpp"

#include <cstring>

#include "fedtrail/core/base64.hpp"

namespace fedtrail::testing {

using namespace records;  // NOLINT(google-build-using-namespace): one of each of them

namespace {

Instant at(std::int64_t seconds) {
    return from_unix_seconds(kDayOne + seconds);
}

LeafRecord post(std::uint64_t subject, std::uint32_t number, std::int64_t seconds) {
    ActivityLeaf leaf;
    leaf.subject = privacy::SubjectNumber{subject};
    leaf.number = number;
    leaf.type = "Create";
    leaf.categories = 0x105;
    leaf.visibility = static_cast<std::uint8_t>(number % 5);
    const auto name = subject == 7 ? std::string{"anna"} : std::string{"ben \"\x01\\\" \xC3\xA4"};
    leaf.id =
        Personal<std::string>{"https://o.example/users/" + name + "/" + std::to_string(number) + "/activity"};
    if (number % 3 == 2) {
        leaf.refers = number - 1;
    } else {
        leaf.object = Personal<std::string>{"https://o.example/users/" + name + "/" + std::to_string(number)};
    }
    for (std::uint32_t recipient = 1; recipient <= number % 4; ++recipient) {
        leaf.attempts.push_back({recipient, 0, 0x1'00CA});
        leaf.attempts.push_back({recipient, static_cast<std::int32_t>(recipient) * 15, 0x3'01F4});
    }
    return {at(seconds), leaf};
}

LeafDigest digest_of(const std::string& text) {
    return ledger::sha256(bytes_of(text));
}

void append_request(MemoryLog& log) {
    const RequestNumber request{2};
    const privacy::SubjectNumber person{7};
    const auto host = *Host::parse("a.example");
    using privacy::RequestEventKind;
    using privacy::RequestState;
    log.append({at(5'000),
                RequestEventLeaf{request,
                                 0,
                                 person,
                                 RequestSource::Person,
                                 ScopeKind::Account,
                                 RequestEventKind::Received,
                                 RequestState::Received,
                                 {},
                                 "cli:op.one",
                                 digest_of("words")}});
    log.append({at(5'001), NoticeStateLeaf{request, NoticeNumber{11}, host, fediverse::NoticeState::Sent}});
    log.append(
        {at(5'002) + std::chrono::milliseconds{7},
         NoticeAttemptLeaf{
             request, NoticeNumber{11}, host, 1, AttemptResult::Answered, 202, "cavage", "a \"note\"\n"}});
    log.append({at(5'003),
                NoticeLookLeaf{request, NoticeNumber{11}, host, "mastodon", fediverse::Presence::Gone, 410}});
    log.append({at(5'004),
                NoticeLetterLeaf{
                    request, NoticeNumber{11}, host, "first", "de", "smtp", "<1@o.example>", true, ""}});
    log.append({at(5'005), ObjectionLeaf{person, host, false, request}});
    log.append({at(5'006),
                RequestEventLeaf{request,
                                 1,
                                 person,
                                 RequestSource::Person,
                                 ScopeKind::Account,
                                 RequestEventKind::Refused,
                                 RequestState::Refused,
                                 privacy::RefusalGround::NoGround,
                                 "fedtrail",
                                 {}}});
    log.append({at(5'007),
                RequestEventLeaf{RequestNumber{3},
                                 0,
                                 privacy::SubjectNumber{8},
                                 RequestSource::Observed,
                                 ScopeKind::Objects,
                                 RequestEventKind::Received,
                                 RequestState::Received,
                                 {},
                                 "fedtrail",
                                 {}}});
}

void append_keeping(MemoryLog& log) {
    const privacy::SubjectNumber person{7};
    log.append(
        {at(6'000),
         ShreddingLeaf{
             privacy::SubjectNumber{9}, "closed requests", "cli:op.one", {{"chunk", 12}, {"a \"b\"", 0}}}});
    log.append({at(6'001), RetentionRunLeaf{digest_of("retention"), {{"look", 3}, {"tunnel", 0}}}});
    log.append({at(6'002),
                ExportLeaf{"audit bundle", "full", "request 7", "cli:op.two/ops", 1'234, digest_of("file")}});
    log.append({at(6'003), AccessLeaf{person, "report", "cli:op.two/ops", "they asked for it", true}});
    log.append({at(6'004), GapLeaf{at(10), at(20), 33}});
    log.append({at(6'005), ConsentLeaf{person, 1, "US", "a.example", 20'000, {}}});
    log.append({at(6'006), ConsentLeaf{person, 1, "US", "a.example", 20'000, 20'100}});
}

}  // namespace

ledger::NoteSigner signer_of(const std::string& name, ledger::NoteKeyKind kind, char seed) {
    const std::string octets(32, seed);
    return *ledger::NoteSigner::make(name, kind, bytes_of(octets));
}

ledger::NoteSigner log_key() {
    return signer_of("o.example/log", ledger::NoteKeyKind::Log, 'l');
}

ledger::NoteSigner witness_key() {
    return signer_of("witness.example", ledger::NoteKeyKind::Witness, 'w');
}

std::string example_policy() {
    return "{\"rules\": []}\n";
}

ExampleLog::ExampleLog() : MemoryLog(log_key()) {
    auto& log = *this;
    log.append({at(0), PolicyChangeLeaf{"0.1.0", {{"old.json", digest_of("old")}}}});
    std::vector<LeafRecord> first{{at(60), RecipientNameLeaf{1, "a.example"}},
                                  {at(60), RecipientNameLeaf{2, "b.example"}}};
    for (std::uint32_t i = 0; i < 9; ++i) {
        first.push_back(post(7, i, 1 + i));
    }
    for (std::uint32_t i = 0; i < 4; ++i) {
        first.push_back(post(8, i, 20 + i));
    }
    log.append_window(first, at(60));
    log.publish();
    log.append({at(61),
                PolicyChangeLeaf{"0.1.0",
                                 {{"lost.json", digest_of("lost")},
                                  {"texts/de/x.json", digest_of("de")},
                                  {"transfer-rules.json", digest_of(example_policy())}}}});
    std::vector<LeafRecord> second{{at(4'000), RecipientNameLeaf{3, "c.example"}}};
    for (std::uint32_t i = 4; i < 21; ++i) {
        second.push_back(post(8, i, 3'600 + i));
    }
    second.push_back({at(3'700), LateAttemptLeaf{privacy::SubjectNumber{8}, 3, 2, 0x1'00CA}});
    log.append_window(second, at(4'000));
    append_request(log);
    log.publish();
    append_keeping(log);
    log.append_window({post(7, 9, 86'400), post(8, 21, 86'401)}, at(86'460));
    log.publish({witness_key()}, static_cast<std::uint64_t>(kDayOne) + 90'000);
}

std::string signed_checkpoint(std::uint64_t size, const ledger::Hash& root) {
    const ledger::Checkpoint named{"o.example/log", size, root};
    return ledger::Note{named.text(), {log_key().sign(named.text())}}.write();
}

std::string checkpoint_at(const ExampleLog& log, std::uint64_t size) {
    ledger::Frontier tree;
    const auto read = log.each_leaf(0, size, [&tree](const LoggedRecord& leaf) -> Result<void> {
        tree.append(leaf_hash_of(leaf.commitment));
        return {};
    });
    return read ? signed_checkpoint(size, tree.root()) : read.error().what;
}

audit::ExportOrder order_for(audit::Scope scope, audit::Level level) {
    audit::ExportOrder order;
    order.scope = scope;
    order.level = level;
    order.program = "0.1.0";
    order.unlogged = records::Unlogged{7, from_unix_seconds(1'767'225'600)};
    order.papers = [](RequestNumber request) -> Result<std::vector<audit::Paper>> {
        const auto folder = "request-" + std::to_string(request.get()) + "/";
        return std::vector<audit::Paper>{{folder + "answer.json", "{}\n"},
                                         {folder + "answer.md", "We told a.example.\n"},
                                         {folder + "letters/notice-11-1.txt", std::nullopt}};
    };
    order.policy = [](const PolicyFile& file) {
        return file.name == "transfer-rules.json" ? std::optional{example_policy()}
               : file.name == "texts/de/x.json"   ? std::optional<std::string>{"de"}
               : file.name == "old.json"          ? std::optional<std::string>{"old"}
                                                  : std::nullopt;
    };
    order.may_name = [](const Host& host) -> Result<bool> { return host.text() != "c.example"; };
    order.page = [](const audit::Manifest& manifest) {
        return "<p>" + audit::scope_text(manifest.scope) + "</p>\n";
    };
    return order;
}

namespace {

std::string made_of(const LogReader& log, const audit::ExportOrder& order) {
    std::ostringstream out;
    const auto& memory = dynamic_cast<const MemoryLog&>(log);
    const auto made = audit::export_bundle(log, memory.signer(), order, out);
    return made ? std::move(out).str() : "failed: " + made.error().what;
}

}  // namespace

std::string exported_of(MemoryLog& log, audit::ExportOrder order, const std::optional<ExportLeaf>& said) {
    order.by = "cli";
    order.publish = [&log, &said](const ExportLeaf& leaf) -> Result<const LogReader*> {
        log.append({at(100'000), said.value_or(leaf)});
        log.publish();
        return &log;
    };
    return made_of(log, order);
}

std::string exported_of(audit::Scope scope, audit::Level level) {
    ExampleLog log;
    return exported_of(log, order_for(std::move(scope), level));
}

ExportLeaf last_export(MemoryLog& log) {
    return std::get<ExportLeaf>(*decode_body(LeafKind::Export, log.leaves().back().opened->body));
}

std::string bundle_of(const LogReader& log, audit::Scope scope, audit::Level level) {
    return made_of(log, order_for(scope, level));
}

std::string unnamed_bundle_of(const LogReader& log, audit::Scope scope) {
    auto order = order_for(scope, audit::Level::Pseudonymised);
    order.may_name = nullptr;
    return made_of(log, order);
}

namespace {

Bytes told_salt() {
    return Bytes(16, std::byte{0x5A});
}

}  // namespace

ToldLog::ToldLog() {
    log_.append({at(90'000),
                 RequestEventLeaf{RequestNumber{2},
                                  2,
                                  privacy::SubjectNumber{7},
                                  RequestSource::Person,
                                  ScopeKind::Account,
                                  privacy::RequestEventKind::Answered,
                                  privacy::RequestState::Refused,
                                  {},
                                  "fedtrail",
                                  ledger::sha256(words_message(told_salt(), words()))}});
    log_.publish();
}

std::string ToldLog::bundle(audit::Scope scope, const std::optional<std::string>& words) {
    ToldLog told;
    auto order = order_for(std::move(scope), audit::Level::Full);
    order.papers = [words, papers = order.papers](RequestNumber request) {
        auto list = papers(request);
        if (list && request == RequestNumber{2}) {
            if (words) {
                list->push_back({"request-2/told-2.salt", base64(told_salt()) + "\n"});
            }
            list->push_back({"request-2/told-2.txt", words});
        }
        return list;
    };
    return exported_of(told.log_, std::move(order));
}

Result<void> TextSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    std::memcpy(out.data(), text_.data() + offset, out.size());
    return {};
}

audit::Verification verified(const std::string& bundle, const audit::Trusted& trusted) {
    return *audit::verify(TextSource{bundle}, trusted);
}

std::string faults(const audit::Verification& verification) {
    std::string text;
    for (const auto& claim : verification.claims) {
        if (claim.verdict == audit::Verdict::Fails ||
            (claim.verdict == audit::Verdict::Open && claim.asked)) {
            text += claim.name + ": " + claim.sentence + "\n";
        }
    }
    return text;
}

}  // namespace fedtrail::testing
