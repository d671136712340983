/// Prints requests and documents that were signed by the program's own signer, one JSON object a line, for
/// other people's verifiers.

#include <chrono>
#include <exception>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

#include "fedtrail/ports/clock.hpp"

#include "backends/openssl/cipher.hpp"
#include "backends/openssl/published_keys.hpp"
#include "erasure/request_signer.hpp"
#include "wire/pem_signer.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;
using Json = nlohmann::ordered_json;

namespace {

constexpr privacy::SubjectNumber kPerson{1};
constexpr auto* kActor = "https://o.example/users/alice";
constexpr auto* kType = "application/activity+json";

class RealClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

DeleteMessage message(StepKind kind, ObjectForm form) {
    DeleteMessage made;
    made.kind = kind;
    made.form = form;
    made.id = std::string{kActor} + "#fedtrail-delete-7-1";
    made.actor = Personal<std::string>{kActor};
    made.object =
        Personal<std::string>{kind == StepKind::DeleteActor ? kActor : "https://o.example/n/1?a=b&c=%20"};
    made.object_type = kind == StepKind::UndoActivity ? "Like" : "";
    made.followers = Personal<std::string>{std::string{kActor} + "/followers"};
    return made;
}

struct Hand {
    const char* algorithm;
    testing::PemSigner keys;
};

int print_requests(Hand& hand, const Cipher& cipher, const Clock& clock) {
    erasure::RequestSigner signer{hand.keys, cipher, clock};
    const auto body = delete_document(message(StepKind::DeleteActor, ObjectForm::Plain));
    for (const auto* url : {"https://r.example/inbox",
                            "https://r.example:8443/users/b/inbox",
                            "https://r.example/inbox?x=1&y=%2F"}) {
        for (const std::string method : {"POST", "GET"}) {
            for (const auto scheme : {SignatureScheme::Cavage, SignatureScheme::Rfc9421}) {
                const auto content = method == "POST" ? body : std::string{};
                const auto headers = signer.sign(kPerson, scheme, method, *Uri::parse(url), content, kType);
                if (!headers) {
                    std::cerr << headers.error().what << "\n";
                    return 1;
                }
                const auto key = hand.keys.keys_of(kPerson)->front();
                Json line{{"kind", "request"},
                          {"scheme",
                           erasure::scheme_of(*headers) == SignatureScheme::Cavage ? "cavage" : "rfc9421"},
                          {"algorithm", hand.algorithm},
                          {"key_id", key.key_id},
                          {"public_key", key.public_key},
                          {"method", method},
                          {"url", url},
                          {"headers", Json::object()},
                          {"body", content}};
                for (const auto& [name, value] : *headers) {
                    line["headers"][name] = value;
                }
                std::cout << line.dump() << "\n";
            }
        }
    }
    return 0;
}

int print_documents(Hand& hand, const Cipher& cipher, const Clock& clock) {
    erasure::RequestSigner signer{hand.keys, cipher, clock};
    for (const auto kind : {StepKind::DeleteObject, StepKind::UndoActivity, StepKind::DeleteActor}) {
        for (const auto form : {ObjectForm::Plain, ObjectForm::Typed, ObjectForm::Tombstone}) {
            for (const bool bare : {false, true}) {
                auto made = message(kind, form);
                made.remove_data = bare;
                made.followers = bare ? Personal<std::string>{} : made.followers;
                const auto document = signer.sign_document(kPerson, made);
                if (!document) {
                    std::cerr << document.error().what << "\n";
                    return 1;
                }
                const auto key = hand.keys.keys_of(kPerson)->front();
                std::cout << Json{{"kind", "document"},
                                  {"key_id", key.key_id},
                                  {"public_key", key.public_key},
                                  {"document", *document}}
                                 .dump()
                          << "\n";
            }
        }
    }
    return 0;
}

}  // namespace

int main() try {
    const auto cipher = openssl::OpensslCipher::make();
    const RealClock clock;
    Hand rsa{"rsa", {}};
    Hand ed25519{"ed25519", {}};
    if (!cipher || !rsa.keys.add(std::string{kActor} + "#main-key", testing::kRfc9421Rsa) ||
        !ed25519.keys.add(std::string{kActor} + "#ed25519-key", testing::kRfc9421Ed25519)) {
        return 1;
    }
    return print_requests(rsa, **cipher, clock) + print_requests(ed25519, **cipher, clock) +
           print_documents(rsa, **cipher, clock);
} catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
}
