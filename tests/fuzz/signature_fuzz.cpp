#include "fedtrail/fediverse/activity.hpp"
#include "fedtrail/fediverse/signer.hpp"

#include "fuzz/fuzz.hpp"

using namespace fedtrail;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto header = fuzz::text(data, size);
    static_cast<void>(fediverse::is_activity_type(header));
    const auto key = fediverse::key_id_of_signature(header);
    const auto actor = fediverse::actor_of_key_id(key ? *key : header);
    if (actor) {
        const auto again = Uri::parse(actor->text());
        fuzz::must(again && again->text() == actor->text() && again->host() == actor->host());
        fuzz::must(!actor->host().empty() && actor->text().size() <= 2'048);
        const auto name = fediverse::username_of_actor(*actor);
        fuzz::must(name.empty() || fediverse::looks_like_actor(*actor));
    }
    return 0;
}
