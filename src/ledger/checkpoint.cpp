#include "fedtrail/ledger/checkpoint.hpp"

#include <algorithm>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/ledger/note.hpp"

#include "ledger/note_parts.hpp"

namespace fedtrail::ledger {

namespace {

constexpr std::string_view kProofHead = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr std::size_t kLongestPath = 64;

}  // namespace

Result<Hash> parse_hash(std::string_view text) {
    const auto octets = from_base64(text);
    Hash hash{};
    if (!octets || octets->size() != hash.size()) {
        return fail(ErrorKind::Invalid, "log: that is no hash in base64");
    }
    std::copy(octets->begin(), octets->end(), hash.begin());
    return hash;
}

std::string Checkpoint::text() const {
    return origin + "\n" + std::to_string(size) + "\n" + base64(root) + "\n";
}

Result<Checkpoint> Checkpoint::parse(std::string_view text) {
    const auto invalid =
        fail(ErrorKind::Invalid, "checkpoint: it does not name a log, its size and its root");
    const auto origin = take_line(text);
    const auto digits = take_line(text);
    const auto root_text = take_line(text);
    if (!root_text || origin->empty()) {
        return invalid;
    }
    const auto size = plain_number(*digits);
    const auto root = parse_hash(*root_text);
    if (!size || !root) {
        return invalid;
    }
    while (const auto more = take_line(text)) {
        if (more->empty()) {
            return invalid;
        }
    }
    if (!text.empty()) {
        return invalid;
    }
    return Checkpoint{std::string{*origin}, *size, *root};
}

std::string LeafProof::write() const {
    auto file = std::string{kProofHead} + "\n";
    if (!extra.empty()) {
        file += std::string{kExtra} + base64(extra) + "\n";
    }
    file += std::string{kIndex} + std::to_string(index) + "\n";
    for (const auto& hash : path) {
        file += base64(hash) + "\n";
    }
    return file + "\n" + checkpoint;
}

Result<LeafProof> LeafProof::parse(std::string_view file) {
    const auto invalid = fail(ErrorKind::Invalid, "proof: it is no .tlog-proof file");
    if (file.size() > kMaxNote || take_line(file) != kProofHead) {
        return invalid;
    }
    LeafProof proof;
    auto line = take_line(file);
    if (line && line->starts_with(kExtra)) {
        auto extra = from_base64(line->substr(kExtra.size()));
        if (!extra) {
            return invalid;
        }
        proof.extra = *std::move(extra);
        line = take_line(file);
    }
    if (!line || !line->starts_with(kIndex)) {
        return invalid;
    }
    const auto index = plain_number(line->substr(kIndex.size()));
    if (!index) {
        return invalid;
    }
    proof.index = *index;
    for (line = take_line(file); line && !line->empty(); line = take_line(file)) {
        const auto hash = parse_hash(*line);
        if (!hash || proof.path.size() == kLongestPath) {
            return invalid;
        }
        proof.path.push_back(*hash);
    }
    if (!line || file.empty()) {
        return invalid;
    }
    proof.checkpoint = file;
    return proof;
}

}  // namespace fedtrail::ledger
