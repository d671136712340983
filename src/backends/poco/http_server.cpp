#include "backends/poco/http_server.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <istream>
#include <optional>
#include <ostream>
#include <thread>

#include <Poco/Buffer.h>
#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/HTTPServerSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <Poco/String.h>
#include <Poco/ThreadPool.h>
#include <sys/socket.h>

#include "backends/poco/chunks.hpp"
#include "backends/poco/deadline_socket.hpp"
#include "backends/poco/reception.hpp"
#include "backends/poco/refusal.hpp"

namespace fedtrail::poco {

namespace {

constexpr std::size_t kLongestTarget = 8192;
constexpr std::size_t kPiece = 16384;
constexpr auto kWaitedFor = static_cast<Poco::Int64>(Reception::kLongestBody);
/// A client that still sends when the connection is closed does not get to read the answer.
constexpr std::chrono::milliseconds kPolite{50};

HttpResponse too_large() {
    return refusal(
        413, "The body is larger than api.max_body", "Send it in parts, or set api.max_body higher.");
}

HttpResponse ambiguous() {
    return refusal(400,
                   "The length of the body is ambiguous",
                   "Send Content-Length once, or Transfer-Encoding: chunked alone.");
}

HttpResponse cut_off() {
    return refusal(408, "The request took too long to arrive or ended early", "Send it again, in one go.");
}

/// What comes next; empty at the end of the connection, or where nothing came in time.
std::string_view next_piece(Poco::Net::StreamSocket& socket, std::array<char, kPiece>& buffer) {
    try {
        const int got = socket.receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
        return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    } catch (const Poco::Exception&) {
        return {};
    }
}

/// A body in chunks, up to its end and no further than the limit.
std::optional<HttpResponse> read_chunks(Poco::Net::HTTPServerRequestImpl& from,
                                        std::size_t limit,
                                        std::string& body) {
    Poco::Buffer<char> begun{0};  // what came with the head
    from.session().drainBuffer(begun);
    std::array<char, kPiece> buffer{};
    std::string_view bytes{begun.begin(), begun.size()};
    Chunks chunks;
    for (;;) {
        if (!chunks.feed(bytes, body)) {
            return refusal(400, "The chunks of the body are malformed", "Send them as RFC 9112 says.");
        }
        if (body.size() > limit) {
            return too_large();
        }
        if (chunks.done()) {
            return std::nullopt;
        }
        bytes = next_piece(from.socket(), buffer);
        if (bytes.empty()) {
            return cut_off();
        }
    }
}

HttpResponse stopping() {
    return refusal(503, "Fedtrail is stopping", "Send it again when it runs.");
}

HttpResponse no_body_here() {
    return refusal(400, "This method takes no body", "Send the request without one.");
}

/// Only what will be read is asked for, and nobody of HTTP/1.0 (RFC 9110 section 10.1.1).
void invite(const Poco::Net::HTTPServerRequest& from) {
    if (from.getExpectContinue() && from.getVersion() != Poco::Net::HTTPMessage::HTTP_1_0) {
        from.response().sendContinue();
    }
}

/// Of these a request without a length was cut off by somebody; any other has no body then (RFC 9112 section
/// 6.3), and what is to be said of its method is the answerer's to say.
bool carries_body(std::string_view method) {
    return method == "POST" || method == "PUT" || method == "PATCH";
}

/// The body within the limit, or the answer that refuses it. Framing that two parsers could read differently
/// is refused (RFC 9112 section 6.3).
std::optional<HttpResponse> read_body(Poco::Net::HTTPServerRequest& from,
                                      std::size_t limit,
                                      std::string& body) {
    const bool chunked = from.has("Transfer-Encoding");
    const auto named = [&](const std::string& name) {
        return std::count_if(from.begin(), from.end(), [&](const auto& header) {
            return Poco::icompare(header.first, name) == 0;
        });
    };
    if (named("Content-Length") > 1 || named("Transfer-Encoding") > 1) {
        return ambiguous();
    }
    if (chunked && (from.hasContentLength() || !from.getChunkedTransferEncoding())) {
        return ambiguous();
    }
    if (!chunked && !from.hasContentLength()) {
        return carries_body(from.getMethod())
                   ? std::optional{refusal(
                         411, "Content-Length is missing", "Send Content-Length: 0 if there is no body.")}
                   : std::nullopt;
    }
    if (chunked) {
        invite(from);
        return read_chunks(dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(from), limit, body);
    }
    const auto announced = from.getContentLength64();
    if (announced < 0 || static_cast<std::uint64_t>(announced) > limit) {
        return too_large();
    }
    invite(from);
    std::array<char, kPiece> buffer{};
    auto& in = from.stream();
    while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
        body.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
        if (body.size() > limit) {
            return too_large();
        }
    }
    return in.bad() || body.size() != static_cast<std::size_t>(announced) ? std::optional{cut_off()}
                                                                          : std::nullopt;
}

void begin(const HttpResponse& answer, Poco::Net::HTTPServerResponse& to) {
    to.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
    for (const auto& [name, value] : answer.headers) {
        to.set(name, value);
        if (name == "Connection" && value == "close") {
            to.setKeepAlive(false);
        }
    }
}

void write(const HttpResponse& answer, bool head, Poco::Net::HTTPServerResponse& to) {
    begin(answer, to);
    to.setContentLength64(static_cast<Poco::Int64>(answer.body.size()));
    auto& out = to.send();
    if (!head) {
        out.write(answer.body.data(), static_cast<std::streamsize>(answer.body.size()));
    }
    out.flush();
}

/// Threads for what may take long, so that some are left for the rest.
class Seats {
public:
    explicit Seats(std::size_t most) : most_(most) {}

    /// Counts itself in and out.
    class Seat {
    public:
        explicit Seat(Seats& of) : of_(of), fits_(of.taken_.fetch_add(1) < of.most_) {}
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;
        Seat(Seat&&) = delete;
        Seat& operator=(Seat&&) = delete;
        ~Seat() { of_.taken_.fetch_sub(1); }
        [[nodiscard]] bool fits() const { return fits_; }

    private:
        Seats& of_;
        bool fits_;
    };

private:
    std::size_t most_;
    std::atomic<std::size_t> taken_{};
};

/// The answers without an end, and the one word that ends them all.
struct Streams {
    Seats seats;
    std::stop_source stop{};
};

/// Takes for a moment what a refused client still sends. `in` is its connection.
void hear_out(Poco::Net::StreamSocket& in) {
    const auto until = std::chrono::steady_clock::now() + kPolite;
    std::array<char, kPiece> buffer{};
    try {
        in.shutdownSend();
        in.setReceiveTimeout(Poco::Timespan{std::chrono::microseconds{kPolite}.count()});
        while (std::chrono::steady_clock::now() < until &&
               in.receiveBytes(buffer.data(), static_cast<int>(buffer.size())) > 0) {
        }
    } catch (const Poco::Exception&) {  // it is gone, or it says nothing more
    }
}

/// Piece by piece until it ends, the server stops or the client is gone (a write fails). HTTP/1.0 knows no
/// chunks: there it ends with the connection.
void write_stream(const HttpResponse& answer, Streams& streams, Poco::Net::HTTPServerResponse& to) {
    begin(answer, to);
    to.setChunkedTransferEncoding(to.getVersion() != Poco::Net::HTTPMessage::HTTP_1_0);
    to.setKeepAlive(false);
    auto& out = to.send();
    out << answer.body << std::flush;
    const auto stop = streams.stop.get_token();
    while (out && !stop.stop_requested()) {
        const auto piece = answer.more(stop);
        if (!piece) {
            return;
        }
        out << *piece << std::flush;
    }
}

/// What all requests of one server share.
struct Talk {
    HttpServer::Answer answer{};
    HttpServer::Screen screen{};
    std::size_t limit;  ///< Of a body, in octets.
    Streams streams;
    Seats bodies;
};

/// The body as read_body() has it; a stop does not wait for what is still to come of it.
std::optional<HttpResponse> receive_body(Poco::Net::HTTPServerRequest& from,
                                         const Talk& talk,
                                         std::string& body) {
    const auto stop = talk.streams.stop.get_token();
    const int descriptor = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(from).socket().impl()->sockfd();
    const std::stop_callback end{stop, [descriptor] { ::shutdown(descriptor, SHUT_RD); }};
    auto refused = read_body(from, talk.limit, body);
    return refused && stop.stop_requested() ? std::optional{stopping()} : std::move(refused);
}

/// Small bodies are there before a thread is (Reception), unless anything is expected first.
bool may_be_on_its_way(const Poco::Net::HTTPServerRequest& from) {
    return from.has("Transfer-Encoding") ||
           (from.hasContentLength() && (from.has("Expect") || from.getContentLength64() > kWaitedFor));
}

class Conversation : public Poco::Net::HTTPRequestHandler {
public:
    explicit Conversation(Talk& talk) : talk_(talk) {}

    void handleRequest(Poco::Net::HTTPServerRequest& from, Poco::Net::HTTPServerResponse& to) override {
        HttpRequest request{from.getMethod(), from.getURI(), {}, {}};
        for (const auto& [name, value] : from) {
            request.headers.emplace_back(name, value);
        }
        if (auto refusal = read(request, from)) {
            write(*refusal, request.method == "HEAD", to);
            hear_out(dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(from).socket());
            return;
        }
        const auto answer = talk_.answer(request);
        if (answer.more && request.method != "HEAD") {
            stream(answer, to);
        } else {
            write(answer, request.method == "HEAD", to);
        }
    }

private:
    /// The body, unless the request is refused for its head.
    std::optional<HttpResponse> read(HttpRequest& request, Poco::Net::HTTPServerRequest& from) {
        if (request.target.size() > kLongestTarget) {
            return refusal(414, "The address is too long", "It may have 8,192 octets.");
        }
        if (!may_be_on_its_way(from)) {
            return read_body(from, talk_.limit, request.body);
        }
        if (talk_.screen) {
            if (auto refusal = talk_.screen(request)) {
                return refusal;
            }
        }
        if (!carries_body(
                request.method)) {  // whoever may ask for nothing else would keep others from a seat
            return no_body_here();
        }
        const Seats::Seat seat{talk_.bodies};
        return seat.fits() ? receive_body(from, talk_, request.body)
                           : std::optional{too_many("Too many requests are on their way")};
    }

    void stream(const HttpResponse& answer, Poco::Net::HTTPServerResponse& to) {
        const Seats::Seat seat{talk_.streams.seats};
        if (seat.fits()) {
            write_stream(answer, talk_.streams, to);
        } else {
            write(too_many("Too many streams are open"), false, to);
        }
    }

    Talk& talk_;
};

class Conversations : public Poco::Net::HTTPRequestHandlerFactory {
public:
    explicit Conversations(Talk& talk) : talk_(talk) {}

    Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest& from) override {
        // Else Poco asks for the body, also for one that will be refused; invite() does.
        from.response().setStatus(Poco::Net::HTTPResponse::HTTP_INTERNAL_SERVER_ERROR);
        return new Conversation{talk_};  // Poco deletes it
    }

private:
    Talk& talk_;
};

class PocoHttpServer : public HttpServer {
public:
    PocoHttpServer(DeadlineServerSocket socket, const HttpServerLimits& limits)
        : socket_(std::move(socket)),
          limits_(limits),
          pool_("api", 1, static_cast<int>(limits.threads)),
          talk_{{}, {}, limits.body, Streams{Seats{limits.streams}}, Seats{limits.bodies}},
          port_(socket_.address().port()) {}
    PocoHttpServer(const PocoHttpServer&) = delete;
    PocoHttpServer& operator=(const PocoHttpServer&) = delete;
    PocoHttpServer(PocoHttpServer&&) = delete;
    PocoHttpServer& operator=(PocoHttpServer&&) = delete;
    ~PocoHttpServer() override { stop_now(); }

    Result<void> start(Answer answer, Screen screen) override {
        talk_.answer = std::move(answer);
        talk_.screen = std::move(screen);
        try {
            Poco::Net::HTTPServerParams::Ptr params{new Poco::Net::HTTPServerParams};
            params->setTimeout(Poco::Timespan{limits_.arrival.count(), 0});
            params->setKeepAlive(false);
            params->setMaxThreads(static_cast<int>(limits_.threads));
            params->setMaxQueued(static_cast<int>(limits_.waiting));
            server_.emplace(new Conversations{talk_}, pool_, socket_, params);
            socket_.accept_only_if(
                [this] { return server_->queuedConnections() < static_cast<int>(limits_.waiting); });
            server_->start();
            return {};
        } catch (const Poco::Exception& error) {
            return fail(ErrorKind::Unavailable,
                        "the API server cannot start: " + error.displayText(),
                        "Look at the limits of processes and threads (ulimit -u).");
        }
    }

    void stop() override { stop_now(); }
    [[nodiscard]] std::uint16_t port() const override { return port_; }

private:
    void stop_now() {
        if (!server_) {
            return;
        }
        talk_.streams.stop.request_stop();
        server_->stop();  // not stopAll(false): that waits for each answer, however long it takes
        const auto until = std::chrono::steady_clock::now() + limits_.drain;
        while (server_->currentConnections() > 0 && std::chrono::steady_clock::now() < until) {
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        server_->stopAll(true);
        pool_.joinAll();
        server_.reset();
    }

    DeadlineServerSocket socket_;
    HttpServerLimits limits_;
    Poco::ThreadPool pool_;
    Talk talk_;
    std::uint16_t port_;
    std::optional<Poco::Net::HTTPServer> server_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> listen(const std::string& address,
                                           std::uint16_t port,
                                           const HttpServerLimits& limits) {
    const std::string place = address + ", port " + std::to_string(port);
    try {
        DeadlineServerSocket socket{limits.arrival, limits.asking, limits.body};
        const Poco::Net::SocketAddress here{Poco::Net::IPAddress{address}, port};
        if (here.family() == Poco::Net::SocketAddress::IPv6) {
            socket.bind6(here, true, false, true);
        } else {
            socket.bind(here, true, false);
        }
        socket.listen(static_cast<int>(limits.waiting));
        return std::unique_ptr<HttpServer>{new PocoHttpServer{std::move(socket), limits}};
    } catch (const Poco::Exception& error) {
        return fail(ErrorKind::Unavailable,
                    "the API cannot listen on " + place + ": " + error.displayText(),
                    "Stop what listens there, or set api.listen to another port.");
    }
}

}  // namespace fedtrail::poco
