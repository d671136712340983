#include "audit/contents.hpp"

#include <algorithm>
#include <array>

#include "fedtrail/ledger/varint.hpp"

#include "audit/manifest.hpp"

namespace fedtrail::audit {

namespace {

ledger::Hash digest_over(std::span<const BundleMember> members, const ShownRecords& shown) {
    ledger::ByteWriter out;
    out.raw(bytes_of("fedtrail/bundle-contents/1\n"));
    out.raw(shown.digest());
    for (const auto& member : members) {
        if (member.path == kExport) {
            break;
        }
        if (member.sha256) {
            out.raw(*member.sha256);
            out.sized(bytes_of(member.path));
        }
    }
    return ledger::sha256(out.bytes());
}

}  // namespace

void ShownRecords::add(bool opened, const ledger::Hash& leaf) {
    std::array<std::byte, 1 + std::tuple_size_v<ledger::Hash>> octets{std::byte{opened}};
    std::copy(leaf.begin(), leaf.end(), octets.begin() + 1);
    hash_.update(octets);
    ++count_;
}

records::ExportLeaf contents_of(const Manifest& manifest, const ShownRecords& shown, std::string by) {
    return {std::string{kBundleContents},
            std::string{name_of(manifest.level)},
            scope_text(manifest.scope),
            std::move(by),
            shown.count(),
            digest_over(manifest.members, shown)};
}

}  // namespace fedtrail::audit
