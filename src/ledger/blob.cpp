#include "fedtrail/ledger/blob.hpp"

#include <memory>
#include <string>

#include <xxhash.h>
#include <zstd.h>

#include "fedtrail/ledger/varint.hpp"

namespace fedtrail::ledger {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHead = 2;
constexpr std::size_t kChecksum = 8;
constexpr int kLevel = 3;

tl::unexpected<Error> corrupt(BlobKind kind, const std::string& why) {
    return fail(ErrorKind::Corrupt,
                std::string{"ledger blob of kind "} + static_cast<char>(kind) + ": " + why,
                "run `fedtrail doctor`; restore the ledger from a backup if it finds more");
}

}  // namespace

std::uint64_t checksum(ByteView bytes) {
    return XXH64(bytes.data(), bytes.size(), 0);
}

Bytes frame(BlobKind kind, ByteView payload) {
    Bytes blob;
    blob.reserve(kHead + payload.size() + kChecksum);
    blob.push_back(static_cast<std::byte>(kind));
    blob.push_back(static_cast<std::byte>(kVersion));
    blob.insert(blob.end(), payload.begin(), payload.end());
    const auto sum = checksum(blob);
    for (unsigned shift = 0; shift < 64; shift += 8) {
        blob.push_back(static_cast<std::byte>(sum >> shift));
    }
    return blob;
}

Result<ByteView> unframe(BlobKind kind, ByteView blob) {
    if (blob.size() < kHead + kChecksum) {
        return corrupt(kind, "too short");
    }
    const auto content = blob.first(blob.size() - kChecksum);
    std::uint64_t stored = 0;
    for (std::size_t i = 0; i < kChecksum; ++i) {
        stored |= std::to_integer<std::uint64_t>(blob[content.size() + i]) << (8 * i);
    }
    if (stored != checksum(content)) {
        return corrupt(kind, "the checksum does not match");
    }
    if (blob[0] != static_cast<std::byte>(kind)) {
        return corrupt(kind, "it is of another kind");
    }
    if (blob[1] != static_cast<std::byte>(kVersion)) {
        return corrupt(kind, "it was written by a newer fedtrail");
    }
    return content.subspan(kHead);
}

Bytes pack(ByteView content) {
    // A context costs more than a small blob: one per thread, reused.
    thread_local const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context{ZSTD_createCCtx(),
                                                                                       ZSTD_freeCCtx};
    Bytes out(ZSTD_compressBound(content.size()));
    const auto size =
        ZSTD_compressCCtx(context.get(), out.data(), out.size(), content.data(), content.size(), kLevel);
    ByteWriter head;
    if (ZSTD_isError(size) != 0 || size + 4 >= content.size()) {
        head.byte(0);
        head.raw(content);
        return std::move(head).take();
    }
    head.varint(content.size());
    head.raw(ByteView{out}.first(size));
    return std::move(head).take();
}

Result<Bytes> unpack(ByteView packed) {
    ByteReader in{packed};
    const auto size = in.varint();
    const auto rest = in.raw(in.left());
    if (!in.ok() || size > kMaxBlobContent) {
        return fail(ErrorKind::Corrupt, "ledger blob: its size cannot be true", "run `fedtrail doctor`");
    }
    if (size == 0) {
        return Bytes{rest.begin(), rest.end()};
    }
    thread_local const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context{ZSTD_createDCtx(),
                                                                                       ZSTD_freeDCtx};
    Bytes content(size);
    const auto got =
        ZSTD_decompressDCtx(context.get(), content.data(), content.size(), rest.data(), rest.size());
    if (ZSTD_isError(got) != 0 || got != size) {
        return fail(
            ErrorKind::Corrupt, "ledger blob: its zstd frame cannot be read", "run `fedtrail doctor`");
    }
    return content;
}

}  // namespace fedtrail::ledger
