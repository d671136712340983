/// A transparency log in memory: what a store would keep, made from records.

#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fedtrail/ledger/checkpoint.hpp"
#include "fedtrail/ledger/note.hpp"
#include "fedtrail/ports/log_reader.hpp"

namespace fedtrail::testing {

class MemoryLog : public LogReader {
public:
    explicit MemoryLog(ledger::NoteSigner signer) : signer_(std::move(signer)) {}

    /// A record that stands in the log itself.
    void append(const records::LeafRecord& record) { add(leaves_, record); }
    /// A window over records of kinds 0 to 2, and its leaf in the log.
    void append_window(const std::vector<records::LeafRecord>& inside, Instant at) {
        records::WindowLeaf window{windows_.size() + 1, inside.size(), {}, 0, 0};
        std::vector<LoggedRecord> kept;
        bool timed = false;
        for (const auto& record : inside) {
            add(kept, record);
            const auto seconds = to_unix_seconds(record.at);
            if (records::kind_of(record.body) == records::LeafKind::RecipientName) {
                names_.emplace(std::get<records::RecipientNameLeaf>(record.body).number, window.number);
                continue;
            }
            window.first_at = timed ? std::min(window.first_at, seconds) : seconds;
            window.last_at = timed ? std::max(window.last_at, seconds) : seconds;
            timed = true;
            auto& of_subject = of_subject_[records::subject_of(record.body)->get()];
            if (of_subject.empty() || of_subject.back() != window.number) {
                of_subject.push_back(window.number);
            }
        }
        ledger::Frontier tree;
        for (const auto& leaf : kept) {
            tree.append(hash_of(leaf));
        }
        window.root = tree.root();
        windows_.push_back(std::move(kept));
        append({at, window});
    }
    /// Publishes what there is, with the signatures of `witnesses`.
    void publish(const std::vector<ledger::NoteSigner>& witnesses = {}, std::uint64_t unix_seconds = 0) {
        const ledger::Checkpoint named{
            signer_.verifier().name, leaves_.size(), *ledger::root_at(leaves_.size(), reader())};
        ledger::Note note{named.text(), {signer_.sign(named.text())}};
        for (const auto& witness : witnesses) {
            note.signatures.push_back(witness.sign(named.text(), unix_seconds));
        }
        notes_.push_back(note.write());
    }
    /// What a shredding leaves of a person: commitments, of their records in windows.
    void forget(privacy::SubjectNumber subject) {
        for (auto& window : windows_) {
            for (auto& leaf : window) {
                const auto body = records::decode_body(leaf.closed->head.kind, leaf.opened->body);
                if (records::subject_of(*body) == subject) {
                    leaf.opened.reset();
                }
            }
        }
    }
    [[nodiscard]] std::vector<LoggedRecord>& leaves() { return leaves_; }
    [[nodiscard]] std::vector<std::vector<LoggedRecord>>& windows() { return windows_; }
    [[nodiscard]] const ledger::NoteSigner& signer() const { return signer_; }
    [[nodiscard]] std::vector<std::string>& notes() { return notes_; }

    [[nodiscard]] Result<std::string> checkpoint() const override {
        if (notes_.empty()) {
            return fail(ErrorKind::NotFound, "nothing was published yet");
        }
        return notes_.back();
    }
    [[nodiscard]] Result<std::vector<std::string>> checkpoints(std::uint64_t from,
                                                               std::size_t limit) const override {
        std::vector<std::string> found;
        for (const auto& text : notes_) {
            const auto note = ledger::Note::parse(text);
            if (ledger::Checkpoint::parse(note->text)->size >= from && found.size() < limit) {
                found.push_back(text);
            }
        }
        return found;
    }
    [[nodiscard]] Result<ledger::Hash> subtree(unsigned level, std::uint64_t index) const override {
        ledger::Frontier tree;
        for (auto at = index << level; at < (index + 1) << level; ++at) {
            tree.append(hash_of(leaves_.at(at)));
        }
        return tree.root();
    }
    [[nodiscard]] Result<void> each_leaf(std::uint64_t first,
                                         std::uint64_t end,
                                         const Visitor& visit) const override {
        return each(leaves_, first, end, visit);
    }
    [[nodiscard]] Result<void> each_in_window(std::uint64_t window, const Visitor& visit) const override {
        const auto& inside = windows_.at(window - 1);
        return each(inside, 0, inside.size(), visit);
    }
    [[nodiscard]] Result<std::vector<std::uint64_t>> windows_of(
        privacy::SubjectNumber subject) const override {
        const auto found = of_subject_.find(subject.get());
        return found == of_subject_.end() ? std::vector<std::uint64_t>{} : found->second;
    }
    [[nodiscard]] Result<std::uint64_t> window_naming(std::uint32_t recipient) const override {
        const auto found = names_.find(recipient);
        if (found == names_.end()) {
            return fail(ErrorKind::NotFound, "no such recipient");
        }
        return found->second;
    }

private:
    static ledger::Hash hash_of(const LoggedRecord& leaf) {
        return ledger::leaf_hash(records::leaf_entry(leaf.commitment));
    }
    void add(std::vector<LoggedRecord>& to, const records::LeafRecord& record) {
        LoggedRecord leaf;
        const auto head = records::head_of(record);
        const auto seed = "salt " + std::to_string(salts_++);
        const auto salt = ledger::sha256(bytes_of(seed));
        const auto body = records::encode_body(record.body);
        const auto digest = ledger::sha256(records::body_message(salt, *body));
        leaf.commitment = ledger::sha256(records::leaf_message(head, digest));
        leaf.closed = LoggedRecord::Closed{head, digest};
        leaf.opened = LoggedRecord::Opened{salt, *body};
        to.push_back(std::move(leaf));
    }
    static Result<void> each(const std::vector<LoggedRecord>& leaves,
                             std::uint64_t first,
                             std::uint64_t end,
                             const Visitor& visit) {
        for (auto at = first; at < end; ++at) {
            if (auto seen = visit(leaves.at(at)); !seen) {
                return seen;
            }
        }
        return {};
    }
    [[nodiscard]] ledger::SubtreeReader reader() const {
        return [this](unsigned level, std::uint64_t index) { return subtree(level, index); };
    }

    ledger::NoteSigner signer_;
    std::vector<LoggedRecord> leaves_;
    std::vector<std::vector<LoggedRecord>> windows_;
    std::map<std::uint64_t, std::vector<std::uint64_t>> of_subject_;
    std::map<std::uint32_t, std::uint64_t> names_;
    std::vector<std::string> notes_;
    std::uint64_t salts_{};
};

}  // namespace fedtrail::testing
