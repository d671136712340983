#include "audit/records_check.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "fedtrail/records/by.hpp"

namespace fedtrail::audit {

namespace {

constexpr auto kMostSkipped = std::uint64_t{1} << 62U;  // leaves up to there, and of all windows together

tl::unexpected<Error> wrong(std::string what) {
    return fail(ErrorKind::Corrupt, std::move(what));
}

/// Of an export: a claim is spelled in one way only.
bool claims_contents(const RecordLine& line) {
    return line.claimed && line.head.kind == records::LeafKind::Export &&
           line.claim.starts_with("{\"what\":\"" + std::string{kBundleContents} + "\"");
}

}  // namespace

Result<void> RecordsCheck::line(std::string_view text) {
    if (!reader_.read(text, line_)) {
        return wrong("it is not written as the format says, or its facts are not what its body says");
    }
    if (line_.place.window) {
        if (!window_ || window_->says.number != *line_.place.window) {
            return wrong("it belongs to a window that the line before is not about");
        }
        if (!window_->begun) {
            window_->begun = true;
            ++counts_.windows;
            skipped_ = false;
        }
    } else if (auto closed = close_window(); !closed) {
        return closed;
    }
    return line_.form == RecordLine::Form::Skip ? skip() : record();
}

Result<void> RecordsCheck::record() {
    skipped_ = false;
    auto& into = tree();
    if (line_.place.leaf != into.size()) {
        return wrong("its leaf is number " + std::to_string(line_.place.leaf) + ", and the next one is " +
                     std::to_string(into.size()));
    }
    const bool inner = line_.head.kind < records::LeafKind::Window;
    if (inner != line_.place.window.has_value()) {
        return wrong("a record of this kind does not stand there");
    }
    const auto kind = static_cast<std::size_t>(line_.head.kind);
    const bool opened = line_.form == RecordLine::Form::Opened;
    ++(opened ? counts_.opened : counts_.closed).at(kind);
    claims_ = claims_ || (!opened && line_.claimed);
    const auto hash = hash_of_record();
    into.append(hash);
    shown_records_.add(opened, hash);
    if (!line_.place.window) {
        note();
    }
    return look_into();
}

Result<void> RecordsCheck::skip() {
    if (skipped_) {
        return wrong("two lines that skip leaves follow each other");
    }
    skipped_ = true;
    auto& into = tree();
    auto& told = line_.place.window ? counts_.left_out : counts_.skipped;
    const auto most = line_.place.window ? std::min(window_->says.leaves, kMostSkipped) : kMostSkipped;
    if (line_.count > most || into.size() > most - line_.count || told > kMostSkipped - line_.count) {
        return wrong("it skips more leaves than there are, or than there can be");
    }
    const auto levels = ledger::subtree_levels(into.size(), line_.count);
    if (levels.size() != line_.subtrees.size()) {
        return wrong("it has not as many hashes as the leaves it skips have subtrees");
    }
    told += line_.count;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        into.append_subtree(line_.subtrees[i], levels[i]);
        if (!line_.place.window) {
            note();
        }
    }
    return {};
}

Result<void> RecordsCheck::close_window() {
    if (window_) {
        shown_.window(window_->says, window_->begun);
    }
    if (window_ && window_->begun) {
        skipped_ = false;
        if (window_->tree.size() != window_->says.leaves || window_->tree.root() != window_->says.root) {
            return wrong("the lines before it do not give the root of window " +
                         std::to_string(window_->says.number));
        }
    }
    window_.reset();
    return {};
}

Result<void> RecordsCheck::look_into() {
    const auto kind = line_.head.kind;
    const bool always = kind == records::LeafKind::Window || kind == records::LeafKind::PolicyChange ||
                        kind == records::LeafKind::Export;
    shows_contents_ = shows_contents_ || claims_contents(line_);
    if (line_.form != RecordLine::Form::Opened || (!always && !shown_.needs_body(kind))) {
        shown_.record(line_, nullptr);
        return {};
    }
    auto body = records::decode_body(kind, line_.body);
    if (!body) {
        return fail(body);
    }
    shown_.record(line_, &*body);
    if (const auto* window = std::get_if<records::WindowLeaf>(&*body)) {
        window_ = Window{*window, {}, false};
    }
    if (const auto* change = std::get_if<records::PolicyChangeLeaf>(&*body)) {
        policies_.change(line_.place.leaf, line_.head.at, *change);
    }
    if (const auto* exported = std::get_if<records::ExportLeaf>(&*body)) {
        shows_contents_ = shows_contents_ || exported->what == kBundleContents;
    }
    return {};
}

ledger::Hash RecordsCheck::hash_of_record() {
    // As records::body_message(), leaf_message() and leaf_entry(), without copying the body.
    if (line_.form == RecordLine::Form::Opened) {
        line_.digest = ledger::sha256({bytes_of("fedtrail/body/1\n"), line_.salt, line_.body});
    }
    const auto head = records::encode_head(line_.head);
    const auto commitment = ledger::sha256({bytes_of("fedtrail/leaf/1\n"), head, line_.digest});
    constexpr std::array kEntry{std::byte{0}, std::byte{1}};  // of the tree, and the entry's form
    return ledger::sha256({kEntry, commitment});
}

void RecordsCheck::note() {
    if (wanted_.sizes.contains(log_.size())) {
        noted_.emplace(log_.size(), log_.root());
    }
}

Result<void> RecordsCheck::finish() {
    return close_window();
}

Result<void> RecordsCheck::exported(std::string_view text) {
    if (!reader_.read(text, line_) || line_.place.window || line_.form != RecordLine::Form::Opened ||
        line_.head.kind != records::LeafKind::Export || line_.place.leaf != log_.size()) {
        return wrong("it is not the line of an export that stands behind all other leaves");
    }
    auto body = records::decode_body(line_.head.kind, line_.body);
    if (!body) {
        return fail(body);
    }
    export_ = std::get<records::ExportLeaf>(*std::move(body));
    if (records::names_operator(export_->by)) {
        return wrong("it names an operator");
    }
    ++counts_.opened.at(static_cast<std::size_t>(line_.head.kind));
    log_.append(hash_of_record());
    note();
    return {};
}

}  // namespace fedtrail::audit
