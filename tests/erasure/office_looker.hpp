/// Who looks for a desk at what it had erased, with the probes that are shipped.

#pragma once

#include "erasure/looker.hpp"
#include "erasure/office.hpp"
#include "erasure/request_signer.hpp"
#include "fakes/handle_book.hpp"
#include "fakes/remote_http.hpp"
#include "fakes/signing.hpp"

namespace fedtrail::testing {

struct OfficeLooker {
    FakeHandleBook handles;
    FakeSigner keys;
    FakeCipher cipher;
    erasure::RequestSigner signer;
    fediverse::Probes probes = *fediverse::Probes::parse(policy_text("probes.json"));
    erasure::Looker looker;

    /// Both must outlive it.
    OfficeLooker(Office& office, FakeRemoteHttp& http)
        : signer(keys, cipher, office.clock),
          looker({office.requests,
                  office.notices,
                  office.notices,
                  office.directory,
                  office.vault,
                  handles,
                  http,
                  signer,
                  office.clock},
                 probes,
                 {},
                 [] {}) {
        handles.facts[office.alice.get()].confirmed = personal("alice@origin.example");
    }
};

}  // namespace fedtrail::testing
