#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/activity.hpp"

#include "fuzz/fuzz.hpp"

using namespace fedtrail;

namespace {

bool is_normal(const std::string& uri) {
    const auto parsed = Uri::parse(uri);
    return parsed && parsed->text() == uri;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = fuzz::text(data, size);
    const auto digest = fediverse::digest_activity(json);
    if (!digest) {
        fuzz::must(digest.error().kind == ErrorKind::Invalid && !digest.error().what.empty());
        return 0;
    }
    fuzz::must(!digest->type.empty() && digest->shares.size() <= fediverse::kMaxShares);
    for (const auto& share : digest->shares) {
        fuzz::must(share.categories.has(fediverse::DataCategory::Handle) && is_normal(share.actor.reveal()));
    }
    for (const auto* uri : {&digest->id.reveal(), &digest->object.reveal()}) {
        fuzz::must(uri->empty() || is_normal(*uri));
    }
    fuzz::must(*fediverse::digest_activity(json) == *digest);
    return 0;
}
