#include "audit/export.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/core/count.hpp"
#include "fedtrail/core/utf8.hpp"

#include "audit/contents.hpp"
#include "audit/json_text.hpp"
#include "audit/manifest.hpp"
#include "audit/record_writer.hpp"
#include "audit/selection.hpp"
#include "audit/zip_writer.hpp"

namespace fedtrail::audit {

namespace {

constexpr std::size_t kMaxPolicies = 4'000;                            // members, when the last is added
constexpr std::uint64_t kMaxPolicyOctets = std::uint64_t{128} << 20U;  // of all together
constexpr std::size_t kMaxPapers = 9'000;
constexpr std::uint64_t kMaxPaperOctets = std::uint64_t{256} << 20U;

std::string earlier_line(const std::string& note, std::span<const ledger::Hash> proof) {
    std::string line;
    JsonObject json{line};
    json.text("note", note).key("proof");
    line += '[';
    for (const auto& hash : proof) {
        line += line.back() == '[' ? "\"" : ",\"";
        append_base64(line, hash);
        line += '"';
    }
    line += ']';
    json.end();
    return line + "\n";
}

Result<void> too_many_files() {
    return fail(ErrorKind::Invalid,
                "the bundle would have more files than a bundle may have: there are too many requests, or "
                "letters",
                "ask for one request, for one person or for a shorter period");
}

/// One bundle in the making.
class Export {
public:
    Export(const LogReader& log,
           const ledger::NoteSigner& signer,
           const ExportOrder& order,
           std::ostream& out,
           const Progress& progress)
        : log_(&log), signer_(signer), order_(order), zip_(out), progress_(progress) {}

    Result<Exported> run();

private:
    Result<void> begin();
    Result<void> name_checkpoint();
    Result<void> records();
    [[nodiscard]] Result<void> record(RecordWriter& writer, const LoggedRecord& leaf);
    Result<void> policies();
    [[nodiscard]] Result<void> papers();
    Result<void> publish();
    [[nodiscard]] Result<void> add_export(std::uint64_t place);
    Result<void> kept();
    Result<void> earlier();
    [[nodiscard]] Result<void> fits(std::size_t more) const;
    [[nodiscard]] Result<std::vector<ledger::Hash>> proof_from(std::uint64_t size) const;
    std::uint64_t policy(std::uint64_t leaf,
                         const std::string& name,
                         const ledger::Hash& digest,
                         std::uint64_t octets);
    void absent(std::string path, const std::optional<ledger::Hash>& sha256, Absence why);
    std::uint64_t paper(const Paper& paper, std::uint64_t octets);
    void untold(std::uint64_t request, const std::vector<Paper>& papers);
    void add(std::string path, const std::string& content);
    Result<Exported> sign();

    const LogReader* log_;
    const ledger::NoteSigner& signer_;
    const ExportOrder& order_;
    ZipWriter zip_;
    const Progress& progress_;
    std::string checkpoint_;
    Manifest manifest_;
    std::map<std::uint64_t, std::string> history_;  ///< Lines of checkpoints.ndjson by size.
    PoliciesInForce::Texts in_force_;
    std::set<std::uint64_t> requests_;
    std::set<ToldPlace> told_;
    ShownRecords shown_;
};

Result<Exported> Export::run() {
    for (const auto step : {&Export::begin,
                            &Export::kept,  // what is refused leaves nothing in the log
                            &Export::records,
                            &Export::policies,
                            &Export::papers,
                            &Export::publish,
                            &Export::earlier}) {
        if (const auto done = (this->*step)(); !done) {
            return fail(done);
        }
    }
    add(std::string{kPage}, order_.page(manifest_));
    return sign();
}

Result<void> Export::begin() {
    manifest_.format = order_.publish ? kBundleFormat : 1;
    manifest_.program = order_.program;
    manifest_.key = signer_.verifier();
    manifest_.level = order_.level;
    manifest_.scope = order_.scope;
    manifest_.unlogged = order_.unlogged;
    return name_checkpoint();
}

Result<void> Export::name_checkpoint() {
    auto text = log_->checkpoint();
    if (!text) {
        return fail(text);
    }
    const auto note = ledger::Note::parse(*text);
    const auto named = note ? ledger::Checkpoint::parse(note->text) : fail(note);
    const auto checked = note ? ledger::check(*note, std::array{signer_.verifier()}) : fail(note);
    if (!named || !checked || checked->empty()) {
        return fail(ErrorKind::Invalid,
                    "the newest checkpoint is not signed by this log's key",
                    "look whether the key file is the one the log was begun with");
    }
    checkpoint_ = *std::move(text);
    manifest_.checkpoint = *named;
    return {};
}

Result<void> Export::record(RecordWriter& writer, const LoggedRecord& leaf) {
    if (auto written = writer.leaf(leaf); !written) {
        return written;
    }
    if (progress_) {  // of each: one may be a window of thousands of records
        progress_(writer.done(), manifest_.checkpoint.size);
    }
    // Of each there is a paper at least, or it is said that there is none.
    return order_.papers && writer.requests().size() > kMaxPapers + kMaxAbsent ? too_many_files()
                                                                               : Result<void>{};
}

Result<void> Export::records() {
    const auto size = manifest_.checkpoint.size;
    const auto selection = Selection::make(*log_, order_.scope, order_.level, size);
    if (!selection) {
        return fail(selection);
    }
    zip_.begin(std::string{kRecords});
    HostNames names{order_.may_name};
    RecordWriter writer{
        *log_, *selection, order_.level, names, [this](std::string_view text) { zip_.write(text); }};
    const auto read =
        log_->each_leaf(0, size, [&](const LoggedRecord& leaf) { return record(writer, leaf); });
    auto finished = read ? writer.finish() : read;
    if (!finished) {
        return finished;
    }
    if (writer.done() != size) {
        return fail(ErrorKind::Corrupt,
                    "the log has " + counted(writer.done(), "leaf", "leaves") + ", its checkpoint says " +
                        grouped(size),
                    "run `fedtrail doctor`");
    }
    const auto member = zip_.end();
    manifest_.counts = writer.counts();
    in_force_ = writer.in_force().texts();
    requests_ = writer.requests();
    told_ = writer.told();
    shown_ = writer.shown();
    manifest_.members.push_back(BundleMember{
        member.name, member.size, writer.claims() ? std::optional{writer.sha256()} : std::nullopt});
    return {};
}

/// The log says what the bundle has, and nothing else stands between.
Result<void> Export::publish() {
    constexpr std::size_t kStillToCome = 4;       // export, checkpoint, checkpoints, page
    constexpr std::size_t kTheirOctets = 16'384;  // in the manifest, more than they need
    if (auto fit = fits(kStillToCome); !fit || !order_.publish) {
        return fit;
    }
    if (write(manifest_).size() + kTheirOctets > kMaxManifest) {
        return too_many_files();
    }
    const auto place = manifest_.checkpoint.size;
    const auto log = order_.publish(contents_of(manifest_, shown_, order_.by));
    if (!log) {
        return fail(log);
    }
    log_ = *log;
    if (auto named = name_checkpoint(); !named) {
        return named;
    }
    if (manifest_.checkpoint.size != place + 1) {
        return fail(ErrorKind::Conflict, "the log grew while the bundle was made", "Make it again.");
    }
    if (auto added = add_export(place); !added) {
        return added;
    }
    return kept();  // to be proven in the log as it is now
}

Result<void> Export::add_export(std::uint64_t place) {
    std::string line;
    auto read = log_->each_leaf(place, place + 1, [&](const LoggedRecord& leaf) -> Result<void> {
        if (!leaf.opened || leaf.closed->head.kind != records::LeafKind::Export) {
            return fail(ErrorKind::Conflict, "the log's last leaf is not the export's", "Make it again.");
        }
        return append_opened(
            line, {std::nullopt, place}, leaf.closed->head, leaf.opened->salt, leaf.opened->body);
    });
    if (!read) {
        return read;
    }
    ++manifest_.counts.opened.at(static_cast<std::size_t>(records::LeafKind::Export));
    add(std::string{kExport}, line);
    return {};
}

Result<void> Export::kept() {
    if (order_.kept.empty()) {
        return {};
    }
    const auto note = ledger::Note::parse(order_.kept);
    const auto named = note ? ledger::Checkpoint::parse(note->text) : fail(note);
    const auto checked = note ? ledger::check(*note, std::array{signer_.verifier()}) : fail(note);
    if (!named || !checked || checked->empty() || named->origin != manifest_.checkpoint.origin) {
        return fail(ErrorKind::Invalid,
                    "the checkpoint that was given is none of this log, or its key did not sign it",
                    "give the note as /log/checkpoint served it");
    }
    const auto& newest = manifest_.checkpoint;
    if (named->size > newest.size) {
        return fail(ErrorKind::Denied,
                    "the checkpoint that was given is of " + counted(named->size, "leaf", "leaves") +
                        ", and this log has " + grouped(newest.size),
                    "look whether an older copy of the log was put back: `fedtrail doctor`");
    }
    if (named->size == 0) {
        return {};  // everything begins with nothing
    }
    const auto proof = proof_from(named->size);
    if (!proof) {
        return fail(proof);
    }
    if (!ledger::verify_consistency(named->size, newest.size, *proof, named->root, newest.root)) {
        return fail(ErrorKind::Denied,
                    "the log of " + counted(named->size, "leaf", "leaves") +
                        " that was seen then is not the beginning of this one",
                    "it was rewritten, or another log signs with this log's key");
    }
    if (named->size < newest.size) {
        history_[named->size] = earlier_line(order_.kept, *proof);
    }
    return {};
}

Result<void> Export::earlier() {
    add(std::string{kCheckpoint}, checkpoint_);
    const auto notes = log_->checkpoints(1, kMaxEarlier - 1);
    if (!notes) {
        return fail(notes);
    }
    auto room = kMaxHistory - (history_.empty() ? 0 : history_.begin()->second.size());
    for (const auto& text : *notes) {
        const auto note = ledger::Note::parse(text);
        const auto named = note ? ledger::Checkpoint::parse(note->text) : fail(note);
        if (!named || named->size >= manifest_.checkpoint.size || history_.contains(named->size)) {
            continue;
        }
        const auto proof = proof_from(named->size);
        if (!proof) {
            return fail(proof);
        }
        auto line = earlier_line(text, *proof);
        if (line.size() > room) {
            break;
        }
        room -= line.size();
        history_[named->size] = std::move(line);
    }
    std::string lines;
    for (const auto& [size, line] : history_) {
        lines += line;
    }
    add(std::string{kCheckpoints}, lines);
    return {};
}

Result<std::vector<ledger::Hash>> Export::proof_from(std::uint64_t size) const {
    return ledger::consistency_proof(
        size, manifest_.checkpoint.size, [this](unsigned level, std::uint64_t index) {
            return log_->subtree(level, index);
        });
}

/// What one policy adds to `octets`.
std::uint64_t Export::policy(std::uint64_t leaf,
                             const std::string& name,
                             const ledger::Hash& digest,
                             std::uint64_t octets) {
    auto path = policy_path(leaf, name);
    if (!is_member_name(path)) {  // a file that somebody left there: none of ours has such a name
        if (is_utf8(path) && path.size() <= kMaxMemberName) {
            absent(std::move(path), digest, Absence::Limit);
        }
        return 0;
    }
    // Rules name servers, and what people wrote of them.
    if (order_.level != Level::Full && name == kTransferRules) {
        absent(std::move(path), digest, Absence::Level);
        return 0;
    }
    const auto content = order_.policy ? order_.policy({name, digest}) : std::nullopt;
    if (!content || ledger::sha256(bytes_of(*content)) != digest) {
        absent(std::move(path), digest, Absence::NotKept);
    } else if (!is_utf8(*content)) {
        absent(std::move(path), digest, Absence::NoText);
    } else if (manifest_.members.size() >= kMaxPolicies || octets + content->size() > kMaxPolicyOctets) {
        absent(std::move(path), digest, Absence::Limit);
    } else {
        add(std::move(path), *content);
        return content->size();
    }
    return 0;
}

Result<void> Export::policies() {
    std::map<std::pair<std::uint64_t, std::string>, ledger::Hash> by_leaf;
    for (const auto& [text, leaf] : in_force_) {
        by_leaf.emplace(std::pair{leaf, text.first}, text.second);
    }
    std::uint64_t octets = 0;
    for (const auto& [place, digest] : by_leaf) {
        octets += policy(place.first, place.second, digest, octets);
    }
    return fits(0);
}

void Export::absent(std::string path, const std::optional<ledger::Hash>& sha256, Absence why) {
    manifest_.absent.push_back({std::move(path), sha256, why});
}

/// What one paper adds to `octets`.
std::uint64_t Export::paper(const Paper& paper, std::uint64_t octets) {
    auto path = std::string{kPapers} + paper.path;
    if (!paper.content) {
        absent(std::move(path), {}, Absence::NotKept);
        return 0;
    }
    if (octets + paper.content->size() > kMaxPaperOctets || manifest_.members.size() >= kMaxPapers) {
        absent(std::move(path), ledger::sha256(bytes_of(*paper.content)), Absence::Limit);
    } else {
        add(std::move(path), *paper.content);
    }
    return paper.content->size();
}

/// What was forgotten since the records were read is not among the papers any more.
void Export::untold(std::uint64_t request, const std::vector<Paper>& papers) {
    for (auto at = told_.lower_bound({request, 0}); at != told_.end() && at->first == request; ++at) {
        const auto path = "request-" + std::to_string(request) + "/" + std::string{kTold} +
                          std::to_string(at->second) + std::string{kToldWords};
        if (std::none_of(
                papers.begin(), papers.end(), [&path](const Paper& one) { return one.path == path; })) {
            absent(std::string{kPapers} + path, {}, Absence::NotKept);
        }
    }
}

Result<void> Export::papers() {
    if (order_.level != Level::Full || !order_.papers) {
        return {};
    }
    std::uint64_t octets = 0;
    for (const auto request : requests_) {
        const auto papers = order_.papers(records::RequestNumber{request});
        if (!papers) {
            return fail(papers);
        }
        for (const auto& one : *papers) {
            octets += paper(one, octets);
        }
        untold(request, *papers);
        if (auto fit = fits(0); !fit) {
            return fit;
        }
    }
    return {};
}

void Export::add(std::string path, const std::string& content) {
    zip_.begin(path);
    zip_.write(content);
    const auto member = zip_.end();
    manifest_.members.push_back(
        BundleMember{std::move(path), member.size, ledger::sha256(bytes_of(content))});
}

/// Whether so many members more may be in it, beside the manifest and its signature.
Result<void> Export::fits(std::size_t more) const {
    return manifest_.members.size() + more + 2 <= kMaxMembers && manifest_.absent.size() <= kMaxAbsent
               ? Result<void>{}
               : too_many_files();
}

Result<Exported> Export::sign() {
    const auto text = write(manifest_);
    if (text.size() > kMaxManifest) {
        return fail(too_many_files());
    }
    zip_.begin(std::string{kManifest});
    zip_.write(text);
    zip_.end();
    const auto about = signed_text(manifest_, text);
    zip_.begin(std::string{kSignature});
    zip_.write(ledger::Note{about, {signer_.sign(about)}}.write());
    zip_.end();
    if (const auto finished = zip_.finish(); !finished) {
        return fail(finished);
    }
    return Exported{std::move(manifest_), zip_.written()};
}

}  // namespace

Result<Exported> export_bundle(const LogReader& log,
                               const ledger::NoteSigner& signer,
                               const ExportOrder& order,
                               std::ostream& out,
                               const Progress& progress) {
    return Export{log, signer, order, out, progress}.run();
}

}  // namespace fedtrail::audit
