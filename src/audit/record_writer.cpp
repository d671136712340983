#include "audit/record_writer.hpp"

#include "fedtrail/core/count.hpp"
#include "fedtrail/records/by.hpp"

#include "audit/facts.hpp"
#include "audit/withheld_by.hpp"

namespace fedtrail::audit {

namespace {

constexpr std::size_t kPiece = std::size_t{1} << 18U;

}  // namespace

void SkippedLeaves::add(std::uint64_t at, const ledger::Hash& leaf) {
    auto hash = leaf;
    unsigned level = 0;
    // A subtree is complete when its right half is: joined as long as the neighbour has the same size and
    // place.
    while (!levels_.empty() && levels_.back() == level && (at >> level & 1U) != 0) {
        hash = ledger::node_hash(subtrees_.back(), hash);
        subtrees_.pop_back();
        levels_.pop_back();
        ++level;
    }
    subtrees_.push_back(hash);
    levels_.push_back(level);
    ++count_;
}

void SkippedLeaves::clear() {
    count_ = 0;
    subtrees_.clear();
    levels_.clear();
}

void PoliciesInForce::change(std::uint64_t leaf, Instant at, std::vector<records::PolicyFile> files) {
    if (span_.first && at <= *span_.first) {
        last_.clear();  // it was over when the span began
    }
    finish();
    if (!span_.last || at <= *span_.last) {
        leaf_ = leaf;
        last_ = std::move(files);
    }
}

void PoliciesInForce::finish() {
    for (auto& file : last_) {
        texts_.try_emplace({std::move(file.name), file.digest}, leaf_);
    }
    last_.clear();
}

Result<std::string> HostNames::label_of(const std::string& host) {
    auto found = known_.find(host);
    if (found == known_.end()) {
        const auto may = may_name(host);
        if (!may) {
            return fail(may);
        }
        found = known_.emplace(host, *may).first;
    }
    return found->second ? "" : labels_.of(host);
}

Result<bool> HostNames::may_name(const std::string& host) const {
    const auto parsed = Host::parse(host);
    return may_name_ && parsed ? may_name_(*parsed) : Result<bool>{false};
}

Result<void> RecordWriter::leaf(const LoggedRecord& leaf) {
    const Place place{std::nullopt, done_};
    ++done_;
    if (!selection_.of_log(leaf)) {
        skip(place, leaf);
        return {};
    }
    if (auto written = record(place, leaf); !written) {
        return written;
    }
    return leaf.opened ? remember(place, leaf) : Result<void>{};
}

Result<void> RecordWriter::remember(const Place& place, const LoggedRecord& leaf) {
    using records::LeafKind;
    const auto kind = leaf.closed->head.kind;
    const bool of_request =
        level_ == Level::Full && kind >= LeafKind::RequestEvent && kind <= LeafKind::Objection;
    if (!of_request && kind != LeafKind::Window && kind != LeafKind::PolicyChange) {
        return {};
    }
    const auto body = records::decode_body(kind, leaf.opened->body);
    if (!body) {
        return fail(body);
    }
    if (of_request) {
        remember_request(*body);
        return {};
    }
    if (const auto* policies = std::get_if<records::PolicyChangeLeaf>(&*body)) {
        in_force_.change(place.leaf, leaf.closed->head.at, policies->files);
        return {};
    }
    const auto& opened = std::get<records::WindowLeaf>(*body);
    return selection_.opens(opened) ? window(opened) : Result<void>{};
}

void RecordWriter::remember_request(const records::LeafBody& body) {
    if (const auto request = request_of(body); request != 0) {
        requests_.insert(request);
    }
    const auto* event = std::get_if<records::RequestEventLeaf>(&body);
    if (event != nullptr && event->kind == privacy::RequestEventKind::Answered && event->words) {
        told_.emplace(event->request.get(), event->place);
    }
}

Result<void> RecordWriter::window(const records::WindowLeaf& window) {
    ++counts_.windows;
    std::uint64_t at = 0;
    auto read = log_.each_in_window(window.number, [&](const LoggedRecord& leaf) -> Result<void> {
        const Place place{window.number, at};
        ++at;
        if (!selection_.of_window(leaf)) {
            skip(place, leaf);
            return {};
        }
        return record(place, leaf);
    });
    if (!read) {
        return read;
    }
    end_skip(window.number);
    if (at != window.leaves) {
        return fail(ErrorKind::Corrupt,
                    "window " + std::to_string(window.number) + " of the log has " +
                        counted(at, "leaf", "leaves") + " and says " + grouped(window.leaves),
                    "run `fedtrail doctor`");
    }
    return {};
}

bool RecordWriter::shows_body(const LoggedRecord& leaf) const {
    const auto kind = leaf.closed->head.kind;
    switch (level_) {
        case Level::Full:
            return leaf.opened.has_value();
        case Level::Pseudonymised:
            return leaf.opened && kind != records::LeafKind::Activity && kind != records::LeafKind::Access;
        case Level::Minimal:
            return leaf.opened &&
                   (kind == records::LeafKind::Window || kind == records::LeafKind::PolicyChange);
    }
    return false;
}

Result<void> RecordWriter::record(const Place& place, const LoggedRecord& leaf) {
    end_skip(place.window);
    const auto& head = leaf.closed->head;
    const auto kind = static_cast<std::size_t>(head.kind);
    const auto before = out_.size();
    Result<void> written;
    claimed_.clear();
    if (level_ == Level::Pseudonymised && leaf.opened) {
        written = claim(leaf);
    }
    const bool opens = claimed_.empty() && shows_body(leaf);
    if (written) {
        shown_.add(opens, records::leaf_hash_of(leaf.commitment));
    }
    if (written && opens) {
        ++counts_.opened.at(kind);
        written = append_opened(out_, place, head, leaf.opened->salt, leaf.opened->body);
    } else if (written) {
        ++counts_.closed.at(kind);
        written = append_closed(out_, place, head, leaf.closed->digest, claimed_);
    }
    if (written && out_.size() - before > kMaxLine) {
        return fail(ErrorKind::Invalid, "a record of the log is longer than a bundle's line may be");
    }
    flush(kPiece);
    return written;
}

Result<void> RecordWriter::claim(const LoggedRecord& leaf) {
    const auto kind = leaf.closed->head.kind;
    if (names_hosts(kind)) {
        return withhold(leaf);
    }
    if (says_by(kind)) {
        return withhold_by(leaf);
    }
    return shows_body(leaf) ? Result<void>{}
                            : append_facts(claimed_, kind, leaf.opened->body, FactsFor::Pseudonymised);
}

/// Who is no operator may stand there.
Result<void> RecordWriter::withhold_by(const LoggedRecord& leaf) {
    auto body = records::decode_body(leaf.closed->head.kind, leaf.opened->body);
    if (!body) {
        return fail(body);
    }
    auto* const by = by_in(*body);
    const bool names = records::names_operator(*by);
    if (names) {
        *by = operators_.of(*by);
    }
    if (names || !shows_body(leaf)) {
        append_facts(claimed_, *body, FactsFor::Pseudonymised);
    }
    return {};
}

/// A host that may stand there needs no claim: the record is opened.
Result<void> RecordWriter::withhold(const LoggedRecord& leaf) {
    const auto body = records::decode_body(leaf.closed->head.kind, leaf.opened->body);
    if (!body) {
        return fail(body);
    }
    const auto host = host_in(*body);
    const auto label = host.empty() ? Result<std::string>{""} : names_.label_of(host);
    if (!label) {
        return fail(label);
    }
    if (!label->empty()) {
        append_withheld(claimed_, *body, *label);
    }
    return {};
}

void RecordWriter::skip(const Place& place, const LoggedRecord& leaf) {
    skipped_.add(place.leaf, ledger::leaf_hash(records::leaf_entry(leaf.commitment)));
    ++(place.window ? counts_.left_out : counts_.skipped);
}

void RecordWriter::end_skip(std::optional<std::uint64_t> window) {
    if (skipped_.count() > 0) {
        append_skip(out_, window, skipped_.count(), skipped_.subtrees());
        skipped_.clear();
    }
}

void RecordWriter::flush(std::size_t above) {
    if (out_.size() > above) {
        sink_(out_);
        if (claims()) {
            hash_.update(bytes_of(out_));
        }
        out_.clear();
    }
}

Result<void> RecordWriter::finish() {
    end_skip(std::nullopt);
    flush(0);
    in_force_.finish();
    return {};
}

}  // namespace fedtrail::audit
