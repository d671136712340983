#include "backends/poco/smtp_mailer.hpp"

#include <algorithm>
#include <exception>
#include <sstream>
#include <utility>

#include <Poco/Base64Encoder.h>
#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/MailMessage.h>
#include <Poco/Net/MailRecipient.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SMTPClientSession.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocketImpl.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <Poco/Timestamp.h>

#include "backends/poco/letter_form.hpp"
#include "backends/poco/limited_socket.hpp"
#include "backends/poco/smtp_place.hpp"

namespace fedtrail::poco {

namespace {

using Poco::Net::Context;
using Poco::Net::MailMessage;
using Poco::Net::SecureStreamSocketImpl;
using Poco::Net::SMTPClientSession;
using Poco::Net::StreamSocket;
using Poco::Net::StreamSocketImpl;

constexpr std::size_t kLongestText = std::size_t{256} * 1024;
constexpr std::size_t kLongestHeader = 900;
constexpr int kPermanent = 5;
constexpr std::size_t kLongestTalk = std::size_t{64} * 1024;  ///< Octets of all answers to one letter.
constexpr int kWaitsOfLetter = 10;  ///< Of the longest an answer may take: so long is one letter tried.

/// Where Poco makes one of an implementation.
class MailSocket : public StreamSocket {
public:
    explicit MailSocket(StreamSocketImpl* made) : StreamSocket(made) {}
};

/// Poco reads on behind the end of a connection for as long as an answer of several lines has no last one.
template <typename Base>
// NOLINTNEXTLINE(cppcoreguidelines-special-member-functions): its base forbids copies.
class Ending : public Limited<Base> {
public:
    using Limited<Base>::Limited;

    int receiveBytes(void* buffer, int length, int flags) override {
        if (over_) {
            throw Poco::Net::ConnectionAbortedException{"the mail server hung up"};
        }
        const auto count = Limited<Base>::receiveBytes(buffer, length, flags);
        over_ = count == 0;
        return count;
    }

    using Base::receiveBytes;

protected:
    ~Ending() override = default;

private:
    bool over_{};
};

/// As SecureStreamSocket::attach() does it.
// NOLINTNEXTLINE(cppcoreguidelines-special-member-functions): its base forbids copies.
class LimitedTls : public Ending<SecureStreamSocketImpl> {
public:
    using Ending<SecureStreamSocketImpl>::Ending;
    void shake_hands(const std::string& host) {
        setPeerHostName(host);
        connectSSL();
    }

protected:
    ~LimitedTls() override = default;
};

StreamSocket with_tls(const StreamSocket& socket,
                      const std::string& host,
                      const Context::Ptr& context,
                      const std::shared_ptr<Allowance>& allowance) {
    auto* const made = new LimitedTls{allowance, dynamic_cast<StreamSocketImpl*>(socket.impl()), context};
    MailSocket secured{made};  // owns it
    made->shake_hands(host);
    return secured;
}

std::string base64(const std::string& text) {
    std::ostringstream out;
    Poco::Base64Encoder encoder{out};
    encoder.rdbuf()->setLineLength(0);
    encoder << text;
    encoder.close();
    return out.str();
}

/// Opens what Poco's session keeps protected: whether the server offers something, and its socket, so that
/// the certificate is checked for the host that was named and not for its address.
class Session : public SMTPClientSession {
public:
    explicit Session(const StreamSocket& socket) : SMTPClientSession(socket) {}

    /// What the server offers. Throws.
    std::string greet(const std::string& our_host) {
        std::string offers;
        login(our_host, offers);
        std::transform(offers.begin(), offers.end(), offers.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        return offers;
    }

    void start_tls(const std::string& host,
                   const Context::Ptr& context,
                   const std::shared_ptr<Allowance>& allowance) {
        demand("STARTTLS", &Session::isPositiveCompletion);
        socket() = with_tls(socket(), host, context, allowance);
    }

    /// LOGIN asks for the name and then for the password (draft-murchison-sasl-login), in whatever words:
    /// Poco goes by the words, and by four octets of an answer that may have three.
    void identify(const SmtpPlace& place, const std::string& offers) {
        if (has_way(offers, "PLAIN") || !has_way(offers, "LOGIN")) {
            loginUsingPlain(place.user, place.password);
            return;
        }
        demand("AUTH LOGIN", &Session::isPositiveIntermediate);
        demand(base64(place.user), &Session::isPositiveIntermediate);
        demand(base64(place.password), &Session::isPositiveCompletion);
    }

private:
    /// Throws with the answer, never with what was said.
    void demand(const std::string& command, bool (*is_well)(int)) {
        std::string answer;
        const auto status = sendCommand(command, answer);
        if (!is_well(status)) {
            throw Poco::Net::SMTPException{"refused", answer, status};
        }
    }

    /// On the line of AUTH (RFC 4954 section 3): the server's name is on another one.
    static bool has_way(const std::string& offers, const std::string& way) {
        std::istringstream lines{offers};
        for (std::string line; std::getline(lines, line);) {
            line = line.substr(std::min<std::size_t>(line.size(), 4));
            if (line.starts_with("AUTH") && line.find(way) != std::string::npos) {
                return true;
            }
        }
        return false;
    }
};

class SmtpMailer final : public Mailer {
public:
    SmtpMailer(SmtpOptions options, SmtpPlace place, MailSender sender)
        : options_(std::move(options)), place_(std::move(place)), sender_(std::move(sender)) {}

    Result<void> send(const Letter& letter) override;

private:
    [[nodiscard]] std::string name() const { return place_.host + ":" + std::to_string(place_.port); }
    [[nodiscard]] Poco::Timespan patience() const {
        return {static_cast<long>(options_.patience.count()), 0};
    }
    [[nodiscard]] Context::Ptr trust() const;
    [[nodiscard]] StreamSocket connect(const std::shared_ptr<Allowance>& allowance) const;
    [[nodiscard]] Result<void> hand_over(const MailMessage& message) const;
    [[nodiscard]] tl::unexpected<Error> refused(int status) const;
    void write_head(const Letter& letter, const std::string& to, MailMessage& message) const;

    SmtpOptions options_;
    SmtpPlace place_;
    MailSender sender_;
};

Context::Ptr SmtpMailer::trust() const {
    Context::Params params;
    params.verificationMode = Context::VERIFY_STRICT;  // RELAXED takes any name from this machine
    params.loadDefaultCAs = true;
    params.caLocation = options_.extra_ca.string();
    Context::Ptr context{new Context{Context::TLS_CLIENT_USE, params}};
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    context->enableExtendedCertificateVerification(true);
    return context;
}

StreamSocket SmtpMailer::connect(const std::shared_ptr<Allowance>& allowance) const {
    const Poco::Net::SocketAddress address{place_.host, place_.port};
    MailSocket socket{new Ending<StreamSocketImpl>{allowance}};
    socket.connect(address, patience());
    socket.setReceiveTimeout(patience());
    socket.setSendTimeout(patience());
    if (place_.safety == SmtpSafety::Tls) {
        return with_tls(socket, place_.host, trust(), allowance);
    }
    return socket;
}

tl::unexpected<Error> SmtpMailer::refused(int status) const {
    if (status == 0) {
        return fail(ErrorKind::Unavailable,
                    "the mail server " + name() + " hung up, or answered otherwise than a mail server does",
                    "see that smtp.url is right, and look into the mail server's log");
    }
    const bool for_good = status / 100 == kPermanent;  // RFC 5321 section 4.2.1
    return fail(for_good ? ErrorKind::Denied : ErrorKind::Unavailable,
                "the mail server " + name() + " answered " + std::to_string(status),
                for_good ? "look into the mail server's log; the letter can be sent by hand" : "");
}

Result<void> SmtpMailer::hand_over(const MailMessage& message) const {
    const auto our_host = sender_.address.substr(sender_.address.find('@') + 1);
    const auto allowance = std::make_shared<Allowance>(
        Allowance{std::chrono::steady_clock::now() + options_.patience * kWaitsOfLetter, kLongestTalk});
    Session session{connect(allowance)};
    auto offers = session.greet(our_host);
    const bool offered = offers.find("STARTTLS") != std::string::npos;
    const bool demanded = place_.safety == SmtpSafety::StartTls;
    if (demanded && !offered) {
        return fail(ErrorKind::Denied,
                    "the mail server " + name() + " offers no STARTTLS",
                    "use smtps://, or hand the letters to a mail server on this machine");
    }
    if (demanded || (offered && place_.safety == SmtpSafety::StartTlsIfThere)) {
        session.start_tls(place_.host, trust(), allowance);
        offers = session.greet(our_host);
    }
    if (!place_.user.empty()) {
        session.identify(place_, offers);
    }
    session.sendMessage(message);
    try {
        session.close();
    } catch (const Poco::Exception&) {  // it has taken the letter: how it says goodbye is no matter
    }
    return {};
}

void SmtpMailer::write_head(const Letter& letter, const std::string& to, MailMessage& message) const {
    message.setSender(sender_line(sender_));
    message.addRecipient({Poco::Net::MailRecipient::PRIMARY_RECIPIENT, to});
    message.setSubject(header_text(letter.subject));
    message.set("MIME-Version", "1.0");
    message.setContentType("text/plain; charset=UTF-8");
    message.setDate(Poco::Timestamp{});
    message.set("Message-ID", letter.message_id);
    message.set("Content-Language", letter.language);
    message.set("Auto-Submitted", "auto-generated");  // RFC 3834: no vacation answers, please
}

Result<void> SmtpMailer::send(const Letter& letter) {
    const auto to = mail_address(letter.to.reveal());
    if (!to) {
        return fail(to);
    }
    for (const auto* line : {&letter.subject, &letter.message_id, &letter.language}) {
        if (!is_one_line(*line) || line->size() > kLongestHeader) {
            return fail(ErrorKind::Invalid, "a letter's header holds what cannot stand in one", "");
        }
    }
    if (letter.text.size() > kLongestText || letter.text.find('\0') != std::string::npos) {
        return fail(ErrorKind::Invalid, "a letter's text is too long, or is no text", "");
    }
    try {
        MailMessage message;
        write_head(letter, *to, message);
        message.setContent(lines_of_mail(letter.text), MailMessage::ENCODING_QUOTED_PRINTABLE);
        return hand_over(message);
    } catch (const Poco::Net::SMTPException& error) {  // its text may quote the address
        return refused(error.code());
    } catch (const Poco::Net::SSLException&) {
        return fail(ErrorKind::Unavailable,
                    "no safe connection to the mail server " + name(),
                    "see that its certificate is valid for that name, or name its authority");
    } catch (const Poco::Exception& error) {
        return fail(ErrorKind::Unavailable,
                    "the mail server " + name() + " cannot be reached: " + error.name(),
                    "see that smtp.url is right and that the mail server runs");
    } catch (const std::exception&) {  // a library that throws where it should not
        return fail(ErrorKind::Unavailable,
                    "the mail server " + name() + " gave an answer that cannot be read",
                    "look into the mail server's log");
    }
}

}  // namespace

Result<std::unique_ptr<Mailer>> smtp_mailer(const SmtpOptions& options) {
    auto place = smtp_place(options.url);
    auto sender = mail_sender(options.from);
    if (!place) {
        return fail(place.error().kind, "smtp.url " + place.error().what, place.error().remedy);
    }
    if (!sender) {
        return fail(sender);
    }
    return std::unique_ptr<Mailer>{
        std::make_unique<SmtpMailer>(options, std::move(*place), std::move(*sender))};
}

}  // namespace fedtrail::poco
