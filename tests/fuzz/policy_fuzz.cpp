#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/fediverse/probe.hpp"

#include "fuzz/fuzz.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;
using fuzz::must;

namespace {

void read_dialects(std::string_view json) {
    const auto dialects = Dialects::parse(json);
    if (!dialects) {
        must(dialects.error().kind == ErrorKind::Invalid && !dialects.error().what.empty());
        return;
    }
    must(dialects->all().front().name == "default");
    for (const auto& dialect : dialects->all()) {
        must(&dialects->named(dialect.name) == &dialect);
        must(!dialect.actor_forms.empty() && !dialect.object_forms.empty());
        for (const auto& software : dialect.software) {
            must(&dialects->of(software) == &dialect);
        }
    }
}

void read_probes(std::string_view json) {
    const auto probes = Probes::parse(json);
    if (!probes) {
        must(probes.error().kind == ErrorKind::Invalid && !probes.error().what.empty());
        return;
    }
    const ProbePlaces places{Personal<std::string>{"alice@o.example"},
                             Personal<std::string>{"https://o.example/users/alice"},
                             Personal<std::string>{"https://o.example/n/1"}};
    for (const auto& probe : probes->all()) {
        static_cast<void>(probe_request(probe, *Host::parse("r.example"), places));
        for (const int status : {200, 404, 500}) {
            static_cast<void>(presence_of(probe, places, status, R"([{"uri":"x","error":null}])"));
        }
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = fuzz::text(data, size);
    read_dialects(json);
    read_probes(json);
    return 0;
}
