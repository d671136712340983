/// proof_bench [RECORDS]: what proving and checking costs beside SHA-256 alone, as Markdown. On one core.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <sys/resource.h>

#include "fedtrail/ledger/tree.hpp"

#include "audit/export.hpp"
#include "bench/proof/endless_log.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a bench

namespace {

constexpr std::size_t kBlock = 64;
constexpr std::uint64_t kTree = 1'000'000;
constexpr double kMega = 1e6;

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / kMega;
}

long resident_megabytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1'024;
}

template <typename Work>
double timed(Work work) {
    const auto before = cpu_seconds();
    work();
    return cpu_seconds() - before;
}

/// The fastest of five: others share the machine's caches and its clock.
template <typename Work>
double fastest(Work work) {
    auto best = timed(work);
    for (int i = 1; i < 5; ++i) {
        best = std::min(best, timed(work));
    }
    return best;
}

/// Blocks of 64 octets a second, in pieces of 16 KiB as `openssl speed` takes them.
double blocks_a_second() {
    const Bytes piece(16'384, std::byte{7});
    constexpr int kPieces = 20'000;
    ledger::Sha256 hash;
    const auto took = fastest([&] {
        for (int i = 0; i < kPieces; ++i) {
            hash.update(piece);
        }
    });
    return hash.finish()[0] == std::byte{0} && took < 0 ? 0 : kPieces * 16'384.0 / kBlock / took;
}

void row(const char* what, double a_second, double blocks, double limit) {
    std::printf("| %s | %.2f million | %.0f %% |\n", what, a_second / kMega, 100 * a_second * blocks / limit);
}

void trees() {
    const auto limit = blocks_a_second();
    std::printf("| on one core | a second | of the SHA-256 limit |\n|---|---|---|\n");
    std::printf("| SHA-256 of 16 KiB pieces, blocks of 64 octets | %.2f million | 100 %% |\n", limit / kMega);
    std::vector<ledger::Hash> leaves(kTree);
    Bytes entry(33, std::byte{1});
    auto took = fastest([&] {
        for (std::size_t i = 0; i < leaves.size(); ++i) {
            entry[1] = static_cast<std::byte>(i & 0xFFU);
            entry[2] = static_cast<std::byte>(i >> 8U & 0xFFU);
            entry[3] = static_cast<std::byte>(i >> 16U & 0xFFU);
            leaves[i] = ledger::leaf_hash(entry);
        }
    });
    row("leaf hashes (an entry of 33 octets: one block)", kTree / took, 1, limit);
    ledger::Frontier tree;
    took = fastest([&] {
        tree = {};
        for (const auto& leaf : leaves) {
            tree.append(leaf);
        }
    });
    row("leaves taken into a tree (two blocks)", kTree / took, 2, limit);
    const auto read = [&](unsigned level, std::uint64_t index) -> Result<ledger::Hash> {
        return ledger::root_of(std::span{leaves}.subspan(index << level, std::uint64_t{1} << level));
    };
    constexpr std::uint64_t kProofs = 50;
    std::vector<std::vector<ledger::Hash>> proofs;
    double blocks = 0;
    for (std::uint64_t i = 0; i < kProofs; ++i) {
        proofs.push_back(*ledger::inclusion_proof(i * 19'997, kTree, read));
        blocks += 2.0 * static_cast<double>(proofs.back().size());
    }
    constexpr int kRounds = 1'000;
    bool good = true;
    const auto root = tree.root();
    took = fastest([&] {
        for (int round = 0; round < kRounds; ++round) {
            for (std::uint64_t i = 0; i < kProofs; ++i) {
                const auto at = i * 19'997;
                good = good && ledger::verify_inclusion(leaves[at], at, kTree, proofs[i], root);
            }
        }
    });
    row(good ? "inclusion proofs checked in a tree of a million" : "INCLUSION PROOFS DO NOT HOLD",
        kRounds * kProofs / took,
        blocks / kProofs,
        limit);
}

class File final : public audit::ByteSource {
public:
    explicit File(const std::filesystem::path& file)
        : stream_(file, std::ios::binary), size_(std::filesystem::file_size(file)) {}
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<std::byte> out) const override {
        stream_.seekg(static_cast<std::streamoff>(offset));
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the stream's word for an octet
        stream_.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
        return stream_ ? Result<void>{} : fail(ErrorKind::Unavailable, "read");
    }

private:
    mutable std::ifstream stream_;
    std::uint64_t size_;
};

int bundle(std::uint64_t records) {
    const auto file = std::filesystem::temp_directory_path() / "fedtrail-proof-bench.zip";
    bench::EndlessLog log{records / bench::EndlessLog::kInWindow};
    audit::ExportOrder order;
    order.publish = [&log](const records::ExportLeaf& exported) { return log.publish(exported); };
    order.program = "bench";
    order.page = [](const audit::Manifest&) { return std::string{"<p>bench</p>\n"}; };
    const auto before = resident_megabytes();
    const auto writing = timed([&] {
        std::ofstream out{file, std::ios::binary};
        if (!audit::export_bundle(log, log.signer(), order, out)) {
            std::abort();
        }
    });
    const auto exported = resident_megabytes();
    const File source{file};
    const auto twice = timed([&] {
        Bytes piece(std::size_t{1} << 20U);
        for (int round = 0; round < 2; ++round) {
            ledger::Sha256 hash;
            for (std::uint64_t at = 0; at < source.size(); at += piece.size()) {
                piece.resize(std::min<std::uint64_t>(std::size_t{1} << 20U, source.size() - at));
                (void)source.read(at, piece);
                hash.update(piece);
            }
            (void)hash.finish();
        }
    });
    bool holds = false;
    const auto checking =
        timed([&] { holds = audit::verify(source, {})->outcome() != audit::Verdict::Fails; });
    std::printf("\n| a bundle of %.1f million records, %.2f GB | |\n|---|---|\n",
                static_cast<double>(records) / kMega,
                static_cast<double>(source.size()) / 1e9);
    std::printf("| export, making the records included | %.1f s of processor time, %.2f million a second |\n",
                writing,
                static_cast<double>(records) / writing / kMega);
    std::printf("| memory of the export | %ld MB, of which the bench's own log %ld MB |\n", exported, before);
    std::printf("| reading it twice through SHA-256 | %.1f s |\n", twice);
    std::printf("| verify | %.1f s: %.2f times that; %s |\n",
                checking,
                checking / twice,
                holds ? "nothing fails" : "IT FAILS");
    std::printf("| memory of it all | %ld MB |\n", resident_megabytes());
    std::filesystem::remove(file);
    return holds ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
    trees();
    return bundle(count > 1 ? std::strtoull(words[1], nullptr, 10) : 10'000'000);
}
