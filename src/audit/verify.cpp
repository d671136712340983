#include "fedtrail/audit/verify.hpp"

#include <algorithm>
#include <array>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/core/count.hpp"

#include "audit/verifier.hpp"

namespace fedtrail::audit {

namespace {

constexpr std::array<std::string_view, 3> kVerdicts{"holds", "fails", "open"};
constexpr std::size_t kPiece = std::size_t{1} << 20U;
constexpr std::size_t kMaxSalt = 64;  // octets of its file
constexpr std::size_t kSaltOctets = 16;
constexpr std::array kAlways{kRecords, kCheckpoint, kCheckpoints, kPage};
constexpr std::array kAfterExport{kCheckpoint, kCheckpoints, kPage};
constexpr std::size_t kMaxExport = std::size_t{64} << 10U;

/// What a file may have, of those that are read whole; nothing of another.
std::optional<std::size_t> most_of_file(std::string_view path) {
    return path == kCheckpoint    ? std::optional{ledger::kMaxNote}
           : path == kCheckpoints ? std::optional{kMaxHistory}
           : path == kExport      ? std::optional{kMaxExport}
                                  : std::nullopt;
}

/// False if it is a policy and cannot be one.
bool want_policy(const std::string& path,
                 const std::optional<ledger::Hash>& sha256,
                 std::set<PolicyText>& wanted) {
    if (!path.starts_with(kPolicies)) {
        return true;
    }
    const auto policy = policy_in(path);
    if (!policy || !sha256) {
        return false;
    }
    wanted.emplace(policy->first, policy->second, *sha256);
    return true;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
    return kVerdicts.at(static_cast<std::size_t>(verdict));
}

std::string_view note_in(std::string_view file) {
    const auto text_end = file.find("\n\n");
    const auto end = text_end == std::string_view::npos ? text_end : file.find("\n\n", text_end + 2);
    return end == std::string_view::npos ? file : file.substr(0, end + 1);
}

Result<std::string> checkpoint_in(std::string_view file, const std::string& name) {
    std::string kept{note_in(file)};
    const auto note = ledger::Note::parse(kept);
    const auto parsed = note ? ledger::Checkpoint::parse(note->text) : fail(note);
    if (!parsed) {
        return fail(ErrorKind::Invalid,
                    name + " is no checkpoint of a log",
                    "Name a file with a checkpoint of the log, as /log/checkpoint serves it.");
    }
    return kept;
}

Verdict Verification::outcome() const {
    const auto any = [this](auto is_so) { return std::any_of(claims.begin(), claims.end(), is_so); };
    if (any([](const Claim& claim) { return claim.verdict == Verdict::Fails; })) {
        return Verdict::Fails;
    }
    return could_be_told() && shows_whose() ? Verdict::Holds : Verdict::Open;
}

bool Verification::could_be_told() const {
    return std::none_of(claims.begin(), claims.end(), [](const Claim& claim) {
        return claim.verdict == Verdict::Open && claim.asked;
    });
}

bool Verification::shows_whose() const {
    return std::any_of(claims.begin(), claims.end(), [](const Claim& claim) {
        return claim.verdict == Verdict::Holds && (claim.name == "key" || claim.name == "held");
    });
}

Result<Verification> verify(const ByteSource& bundle, const Trusted& trusted, const Progress& progress) {
    return Verifier{bundle, trusted, progress}.run();
}

Result<Verification> Verifier::run() {
    for (const auto step : {&Verifier::container, &Verifier::manifest, &Verifier::files}) {
        const auto goes_on = (this->*step)();
        if (!goes_on) {
            return fail(goes_on);
        }
        if (!*goes_on) {
            return std::move(found_);
        }
    }
    key();
    checkpoint();
    tree();
    counts();
    level();
    scope();
    policies();
    papers();
    contents();
    page();
    history();
    held();
    return std::move(found_);
}

void Verifier::claim(std::string name, Verdict verdict, std::string sentence, bool asked) {
    found_.claims.push_back(Claim{std::move(name), verdict, std::move(sentence), asked});
}

bool Verifier::fails(std::string name, std::string sentence) {
    claim(std::move(name), Verdict::Fails, std::move(sentence));
    return false;
}

Result<bool> Verifier::container() {
    auto members = read_directory(bundle_);
    if (!members && members.error().kind == ErrorKind::Corrupt) {
        return fails("container", members.error().what);
    }
    if (!members) {
        return fail(members);
    }
    members_ = *std::move(members);
    claim("container",
          Verdict::Holds,
          counted(members_.size(), "member") + "; every octet around them is as the format says");
    return true;
}

Result<std::string> Verifier::content(const ZipMember& member, std::size_t most) {
    if (member.size > most) {
        return fail(ErrorKind::Corrupt, member.name + " is larger than it may be");
    }
    std::string text(member.size, '\0');
    if (const auto read = bundle_.read(content_of(member), std::as_writable_bytes(std::span{text})); !read) {
        return fail(read);
    }
    if (crc32_of(0, bytes_of(text)) != member.crc) {
        return fail(ErrorKind::Corrupt, member.name + " does not fit its checksum");
    }
    return text;
}

Result<bool> Verifier::manifest() {
    const auto count = members_.size();
    if (count < 2 || members_[count - 2].name != kManifest || members_[count - 1].name != kSignature) {
        return fails("manifest", "the bundle does not end in manifest.json and manifest.sig");
    }
    const auto text = content(members_[count - 2], kMaxManifest);
    const auto signature = content(members_[count - 1], ledger::kMaxNote);
    for (const auto* read : {&text, &signature}) {
        if (!*read && read->error().kind != ErrorKind::Corrupt) {
            return fail(*read);
        }
        if (!*read) {
            return fails("manifest", read->error().what);
        }
    }
    auto parsed = parse_manifest(*text);
    if (!parsed) {
        return fails("manifest", parsed.error().what);
    }
    found_.manifest = *std::move(parsed);
    const auto note = ledger::Note::parse(*signature);
    if (!note || note->write() != *signature || note->signatures.size() != 1 ||
        note->text != signed_text(*found_.manifest, *text)) {
        return fails("manifest", "manifest.sig is not about this manifest.json");
    }
    const auto checked = ledger::check(*note, std::array{found_.manifest->key});
    if (!checked || checked->size() != 1 || found_.manifest->key.kind != ledger::NoteKeyKind::Log) {
        return fails("manifest", "manifest.sig is not signed by the key that manifest.json names");
    }
    if (!listed_as_they_are()) {
        return false;
    }
    claim("manifest", Verdict::Holds, "signed by " + found_.manifest->key.name);
    return true;
}

bool Verifier::listed_as_they_are() {
    const auto& listed = found_.manifest->members;
    const auto there = members_.size() - 2;
    for (std::size_t i = 0; i < there; ++i) {
        const auto& name = members_[i].name;
        if (i >= listed.size() || listed[i].path != name) {
            return fails("manifest",
                         "manifest.json lists no " + name + " at the place where the bundle has it");
        }
        if (listed[i].size != members_[i].size) {
            return fails("manifest", name + " has another size than manifest.json lists");
        }
        if (!listed[i].sha256 && name != kRecords) {
            return fails("manifest", "manifest.json gives no hash of " + name);
        }
    }
    if (listed.size() > there) {
        return fails("manifest", "manifest.json lists more members than the bundle has");
    }
    return what_a_bundle_has();
}

bool Verifier::what_a_bundle_has() {
    const auto& manifest = *found_.manifest;
    const auto other = [&manifest](const std::string& path) {
        return path.starts_with(kPolicies) ? false : !paper_in(path) || manifest.level != Level::Full;
    };
    std::size_t found = 0;
    for (const auto& member : manifest.members) {
        if (member.path == kExport && manifest.format > 1) {
            continue;
        }
        if (std::find(kAlways.begin(), kAlways.end(), member.path) != kAlways.end()) {
            ++found;
        } else if (other(member.path)) {
            return fails("manifest", member.path + " is nothing that a bundle of this level has");
        }
    }
    std::set<std::string_view> paths;
    for (const auto& member : manifest.members) {
        paths.insert(member.path);
    }
    for (const auto& absent : manifest.absent) {
        if (other(absent.path)) {
            return fails("manifest", "what is said to be missing is nothing that a bundle of this level has");
        }
        if (!paths.insert(absent.path).second) {
            return fails("manifest", "something is said to be missing twice, or is there");
        }
    }
    return found == kAlways.size() ? in_their_order()
                                   : fails("manifest",
                                           "the bundle lacks a file that every bundle has: its records, "
                                           "checkpoints or page");
}

/// What the export's leaf stands for is before it, and nothing else: its digest is of what comes before.
bool Verifier::in_their_order() {
    const auto& manifest = *found_.manifest;
    if (manifest.format == 1) {
        return true;
    }
    bool behind = false;
    for (const auto& member : manifest.members) {
        const bool late =
            std::find(kAfterExport.begin(), kAfterExport.end(), member.path) != kAfterExport.end();
        if (member.path == kExport) {
            behind = true;
        } else if (late != behind) {
            return fails("manifest", member.path + " stands on the wrong side of " + std::string{kExport});
        }
    }
    return behind || fails("manifest", "the bundle has no " + std::string{kExport});
}

ShownCheck::Papers Verifier::papers_listed() const {
    ShownCheck::Papers papers;
    std::set<std::uint64_t> data;
    const auto note = [&](const std::string& path, bool no_answer) {
        const auto request = paper_in(path);
        if (!request) {
            return;
        }
        papers.any.insert(*request);
        if (path.ends_with(kAnswer)) {
            papers.answer.insert(*request);
        }
        if (const auto told = told_in(path, kToldWords)) {
            papers.told.insert(*told);
        }
        if (path.ends_with(kAnswerData) || (no_answer && path.ends_with(kAnswer))) {
            data.insert(*request);
        }
    };
    for (const auto& member : found_.manifest->members) {
        note(member.path, false);
    }
    for (const auto& absent : found_.manifest->absent) {
        note(absent.path, absent.why == Absence::NotKept);  // then it has no data either
    }
    std::erase_if(papers.answer, [&data](std::uint64_t request) { return !data.contains(request); });
    return papers;
}

Result<bool> Verifier::files() {
    RecordsCheck::Wanted wanted;
    std::set<PolicyText> listed_policies;
    if (!trusted_.checkpoint.empty()) {
        const auto note = ledger::Note::parse(trusted_.checkpoint);
        const auto parsed = note ? ledger::Checkpoint::parse(note->text) : fail(note);
        if (parsed) {
            held_ = *parsed;
            wanted.sizes.insert(held_.size);
        }
    }
    for (const auto& listed : found_.manifest->members) {
        policies_ += listed.path.starts_with(kPolicies) ? 1U : 0U;
        if (!want_policy(listed.path, listed.sha256, listed_policies)) {
            return fails("policies", listed.path + " names no leaf of the log");
        }
    }
    for (const auto& absent : found_.manifest->absent) {
        absent_policies_ += absent.path.starts_with(kPolicies) ? 1U : 0U;
        if (!want_policy(absent.path, absent.sha256, listed_policies)) {
            return fails("policies",
                         absent.path + ", which is not there, names no leaf of the log or has no hash");
        }
    }
    records_ = RecordsCheck{
        std::move(wanted),
        ShownCheck{found_.manifest->scope, found_.manifest->level, papers_listed(), found_.manifest->format},
        PoliciesCheck{std::move(listed_policies)}};
    for (std::size_t i = 0; i + 2 < members_.size(); ++i) {
        const auto& listed = found_.manifest->members[i];
        auto good = listed.path == kRecords ? records(members_[i], listed) : file(members_[i], listed);
        if (!good || !*good) {
            return good;
        }
    }
    if (found_.manifest->format > 1 && !take_export()) {
        return false;
    }
    claim(
        "files",
        Verdict::Holds,
        counted(
            members_.size() - 2, "file is as the manifest lists it", "files are as the manifest lists them"));
    return true;
}

Result<bool> Verifier::file(const ZipMember& member, const BundleMember& listed) {
    const auto most = most_of_file(member.name);
    if (most && member.size > *most) {
        return fails("files", member.name + " is larger than it may be");
    }
    const auto salt_of = told_in(member.name, kToldSalt);
    const auto told = told_in(member.name, kToldWords);
    ledger::Sha256 words;
    if (salt_of && member.size > kMaxSalt) {
        return fails("files", member.name + " is larger than it may be");
    }
    if (told && !begin_told(*told, words)) {
        return fails("papers", "the salt of " + member.name + " is not there before it");
    }
    ledger::Sha256 hash;
    std::uint32_t crc = 0;
    Bytes piece;
    for (std::uint64_t at = 0; at < member.size; at += piece.size()) {
        piece.resize(std::min<std::uint64_t>(kPiece, member.size - at));
        if (const auto read = bundle_.read(content_of(member) + at, piece); !read) {
            return fail(read);
        }
        hash.update(piece);
        crc = crc32_of(crc, piece);
        if (most) {
            (member.name == kCheckpoint    ? checkpoint_
             : member.name == kCheckpoints ? checkpoints_
                                           : export_) += text_of(piece);
        }
        if (salt_of) {
            told_salts_[*salt_of] += text_of(piece);
        }
        if (told) {
            words.update(piece);
        }
    }
    if (told) {
        told_words_.emplace(*told, words.finish());
    }
    if (crc != member.crc || hash.finish() != listed.sha256) {
        return fails("files", member.name + " is not what it was when the bundle was made");
    }
    return true;
}

bool Verifier::begin_told(const ToldPlace& place, ledger::Sha256& hash) const {
    const auto known = told_salts_.find(place);
    Bytes salt;
    if (known == told_salts_.end() || !known->second.ends_with('\n') ||
        !from_base64(std::string_view{known->second}.substr(0, known->second.size() - 1), salt) ||
        salt.size() != kSaltOctets) {
        return false;
    }
    hash.update(records::words_message(salt, ""));
    return true;
}

Result<bool> Verifier::records(const ZipMember& member, const BundleMember& listed) {
    Lines lines;
    ledger::Sha256 hash;
    std::uint32_t crc = 0;
    for (std::uint64_t at = 0; at < member.size;) {
        const auto size = std::min<std::uint64_t>(kPiece, member.size - at);
        const auto room = std::as_writable_bytes(lines.room(size));
        if (const auto read = bundle_.read(content_of(member) + at, room); !read) {
            return fail(read);
        }
        at += size;
        crc = crc32_of(crc, room);
        if (listed.sha256) {
            hash.update(room);
        }
        if (!take_lines(lines)) {
            return false;
        }
        if (progress_) {
            progress_(at, member.size);
        }
    }
    if (const auto good = records_.finish(); !good || lines.left() > 0) {
        return fails("records",
                     std::string{kRecords} +
                         ", at its end: " + (good ? "its last line is not whole" : good.error().what));
    }
    if (crc != member.crc || (listed.sha256 && hash.finish() != *listed.sha256)) {
        return fails("files", std::string{kRecords} + " is not what it was when the bundle was made");
    }
    if (records_.claims() && !listed.sha256) {
        return fails("records", "the records say things that neither the tree nor the manifest binds");
    }
    return true;
}

bool Verifier::take_export() {
    std::string_view line{export_};
    const bool whole = line.ends_with('\n');
    line.remove_suffix(whole ? 1 : 0);
    const auto taken = whole && line.find('\n') == std::string_view::npos
                           ? records_.exported(line)
                           : fail(ErrorKind::Corrupt, "it is not one line");
    return taken || fails("records", std::string{kExport} + ": " + taken.error().what);
}

bool Verifier::take_lines(Lines& lines) {
    while (const auto text = lines.next()) {
        if (const auto good = records_.line(*text); !good) {
            return fails(
                "records",
                std::string{kRecords} + ", line " + std::to_string(lines.taken()) + ": " + good.error().what);
        }
    }
    return lines.left() <= kMaxLine ||
           fails("records", std::string{kRecords} + " has a line that is longer than it may be");
}

}  // namespace fedtrail::audit
