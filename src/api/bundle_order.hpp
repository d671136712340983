/// What an audit bundle is to be; the same for the API and the command line.

#pragma once

#include <string>

#include "fedtrail/audit/bundle.hpp"
#include "fedtrail/ledger/hash.hpp"
#include "fedtrail/ports/http_server.hpp"

namespace fedtrail::api {

struct BundleOrder {
    audit::Scope scope;
    audit::Level level{audit::Level::Full};
    std::string language;  ///< Of the page and the papers; one that is there.
    std::string kept;      ///< A checkpoint that somebody kept, as a signed note; may be empty.
    std::string by;        ///< As records::Access::by.
    std::string why;       ///< As records::parse_reason() gives it; those whose data is in it can read it.
};

struct MadeBundle {
    HttpStream octets;
    ledger::Hash sha256{};  ///< Of all of them.
};

}  // namespace fedtrail::api
