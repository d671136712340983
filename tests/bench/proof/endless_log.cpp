#include "bench/proof/endless_log.hpp"

#include "fedtrail/ledger/checkpoint.hpp"

namespace fedtrail::bench {

namespace {

constexpr std::int64_t kStart = 1'767'225'600;
constexpr std::uint64_t kPeople = 2'000;
constexpr std::uint32_t kServers = 30'000;

ledger::NoteSigner a_signer() {
    const std::string seed(32, 's');
    return *ledger::NoteSigner::make("origin.example/log", ledger::NoteKeyKind::Log, bytes_of(seed));
}

LoggedRecord logged(const records::LeafRecord& record, std::uint64_t salt_number) {
    LoggedRecord leaf;
    const auto head = records::head_of(record);
    records::LeafSalt salt{};
    for (std::size_t i = 0; i < sizeof salt_number; ++i) {
        salt.at(i) = static_cast<std::byte>(salt_number >> (8 * i));
    }
    auto body = records::encode_body(record.body);
    const auto digest = ledger::sha256(records::body_message(salt, *body));
    leaf.commitment = ledger::sha256(records::leaf_message(head, digest));
    leaf.closed = LoggedRecord::Closed{head, digest};
    leaf.opened = LoggedRecord::Opened{salt, *std::move(body)};
    return leaf;
}

records::LeafRecord activity(std::uint64_t number) {
    records::ActivityLeaf leaf;
    leaf.subject = privacy::SubjectNumber{number % kPeople + 1};
    leaf.number = static_cast<std::uint32_t>(number / kPeople);
    leaf.type = "Create";
    leaf.categories = 0x6;
    const auto id = "https://origin.example/users/person" + std::to_string(number % kPeople) + "/statuses/" +
                    std::to_string(116'000'000'000'000'000 + number * 7'919);
    leaf.id = Personal<std::string>{id + "/activity"};
    leaf.object = Personal<std::string>{id};
    const auto servers = number % 29 + 1;  // 15 each, as the small server of the ledger's bench has them
    for (std::uint32_t i = 0; i < servers; ++i) {
        leaf.attempts.push_back(
            {static_cast<std::uint32_t>(i * (kServers / servers) + number % 1'000), 1, 0x1'00CA});
    }
    return {from_unix_seconds(kStart + static_cast<std::int64_t>(number / 16)), std::move(leaf)};
}

}  // namespace

EndlessLog::EndlessLog(std::uint64_t windows) : signer_(a_signer()) {
    for (std::uint64_t window = 1; window <= windows; ++window) {
        ledger::Frontier tree;
        (void)each_in_window(window, [&](const LoggedRecord& leaf) -> Result<void> {
            tree.append(ledger::leaf_hash(records::leaf_entry(leaf.commitment)));
            return {};
        });
        const auto first = kStart + static_cast<std::int64_t>((window - 1) * kInWindow / 16);
        const auto last = kStart + static_cast<std::int64_t>((window * kInWindow - 1) / 16);
        const records::WindowLeaf closed{window, kInWindow, tree.root(), first, last};
        append({from_unix_seconds(last), closed}, UINT64_MAX - window);
    }
    sign();
}

const LogReader* EndlessLog::publish(const records::ExportLeaf& exported) {
    append({leaves_.back().closed->head.at, exported}, UINT64_MAX);
    sign();
    return this;
}

void EndlessLog::append(const records::LeafRecord& record, std::uint64_t salt_number) {
    leaves_.push_back(logged(record, salt_number));
    tree_.append(ledger::leaf_hash(records::leaf_entry(leaves_.back().commitment)));
}

void EndlessLog::sign() {
    const ledger::Checkpoint named{signer_.verifier().name, tree_.size(), tree_.root()};
    note_ = ledger::Note{named.text(), {signer_.sign(named.text())}}.write();
}

Result<std::vector<std::string>> EndlessLog::checkpoints(std::uint64_t /*from*/,
                                                         std::size_t /*limit*/) const {
    return std::vector<std::string>{note_};
}

Result<ledger::Hash> EndlessLog::subtree(unsigned /*level*/, std::uint64_t /*index*/) const {
    return fail(ErrorKind::NotFound, "the bench shows every leaf");
}

Result<void> EndlessLog::each_leaf(std::uint64_t first, std::uint64_t end, const Visitor& visit) const {
    for (auto at = first; at < end; ++at) {
        if (auto seen = visit(leaves_.at(at)); !seen) {
            return seen;
        }
    }
    return {};
}

Result<void> EndlessLog::each_in_window(std::uint64_t window, const Visitor& visit) const {
    for (auto number = (window - 1) * kInWindow; number < window * kInWindow; ++number) {
        if (auto seen = visit(logged(activity(number), number)); !seen) {
            return seen;
        }
    }
    return {};
}

Result<std::vector<std::uint64_t>> EndlessLog::windows_of(privacy::SubjectNumber /*subject*/) const {
    return std::vector<std::uint64_t>{};
}

Result<std::uint64_t> EndlessLog::window_naming(std::uint32_t /*recipient*/) const {
    return fail(ErrorKind::NotFound, "the bench names nobody");
}

}  // namespace fedtrail::bench
