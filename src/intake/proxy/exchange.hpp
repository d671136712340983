/// One request and its answer.
///
/// An activity is read up to 1 MiB and its intent written before any octet of the request leaves: the head
/// names a person too, in the signature's keyId. The connection to the peer is made meanwhile (name, TCP, TLS
/// say nothing of a person), so that recording costs a delivery only the time it takes longer than
/// connecting. The intent does not wait for the connection, for an attempt at a peer that cannot be reached
/// is recorded as well: as one that is no disclosure.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "fedtrail/ports/delivery_sink.hpp"

#include "intake/proxy/body_scanner.hpp"
#include "intake/proxy/client.hpp"

namespace fedtrail::proxy {

class Exchange {
public:
    /// `head` views bytes that must outlive this. `path` is the target as the peer gets it.
    Exchange(Client& client, const RequestHead& head, const Target& target, std::string_view path);

    /// True if the client's connection can carry another request.
    Awaitable<bool> run();

private:
    enum class Step {
        On,
        Answered,  ///< The final head of the answer is in `final_`.
        PeerFailed,
        PeerSlow,
        BadAnswer,
        ClientFailed,
        Malformed,  ///< The client's body is.
    };
    enum class Recorded { Yes, Held, Prevented };  ///< Yes also where it passes unrecorded.
    using PendingIntent = Later<Result<IntentId>>;
    using Intent = std::optional<Result<IntentId>>;

    Awaitable<bool> pass_on();

    // the intent
    Awaitable<bool> deliver();
    [[nodiscard]] bool has_tee() const;
    /// `asks`: the client waits for leave to send.
    Awaitable<Step> read_tee(bool asks);
    [[nodiscard]] fediverse::ActivityDigest digest() const;
    std::shared_ptr<PendingIntent> intend();
    [[nodiscard]] bool passes_unanswered() const;
    Awaitable<Intent> wait_for_record(PendingIntent& pending);
    Recorded recorded(const Intent& done);
    [[nodiscard]] Personal<std::string> inbox() const;
    void settle(privacy::OutcomeKind kind, std::uint16_t status);

    // the request
    Step take_buffered();
    Awaitable<bool> talk();
    Awaitable<Step> send_request();
    Awaitable<Step> stream_part();
    Awaitable<Step> push(std::string_view bytes);
    Awaitable<Step> push_rest(std::string_view bytes, Io io);
    Awaitable<Step> wait_for_room();
    Awaitable<Step> wait_for_continue();
    [[nodiscard]] bool may_retry(std::uint64_t sent_before) const;
    [[nodiscard]] bool body_left() const;

    // the answer
    Awaitable<Step> early_answer();
    Awaitable<Step> read_answer(bool early);
    Awaitable<Step> read_more(TimePoint until);
    Step take_head(std::size_t& scanned);
    Awaitable<Step> pass_interim(const ResponseHead& head);
    void settle_answered();
    Awaitable<bool> relay_answer();
    Awaitable<bool> relay_body(BodyScanner& body, bool until_close);
    Awaitable<bool> fail_with(Step step);
    Awaitable<bool> refuse(Problem problem);

    Client& client_;
    Loop::Busy busy_;
    const RequestHead& head_;
    const Target& target_;
    std::string_view path_;
    bool is_activity_;

    BodyScanner request_;
    std::string body_;  ///< What of the request's body was read before it was sent.
    bool streamed_{};   ///< More of it was sent than `body_` holds.
    bool all_sent_{};   ///< The peer was given the request to its end.
    bool continued_{};  ///< We answered 100 Continue.

    Connection peer_;
    std::uint64_t body_mark_{};
    bool body_begun_{};

    Buffer answer_;
    std::string final_bytes_;
    ResponseHead final_;
    std::size_t interims_{};
    bool answer_begun_{};

    std::optional<IntentId> intent_;
    std::string why_prevented_;
};

}  // namespace fedtrail::proxy
