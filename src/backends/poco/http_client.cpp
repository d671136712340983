#include <array>
#include <istream>
#include <ostream>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>

#include "backends/poco/http_server.hpp"
#include "backends/poco/limited_socket.hpp"

namespace fedtrail::poco {

namespace {

constexpr std::size_t kLargestAnswer = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kLargestHead = std::size_t{1} * 1024 * 1024;  ///< With the sizes of chunks.
constexpr int kWaitsOfAnswer =
    3;  ///< Of the longest a server may take: to send, for the answer, and for all of it.

/// Where Poco makes one of an implementation.
class ClientSocket : public Poco::Net::StreamSocket {
public:
    explicit ClientSocket(Poco::Net::StreamSocketImpl* made) : StreamSocket(made) {}
};

class PocoHttpClient : public HttpClient {
public:
    PocoHttpClient(const std::string& address, std::uint16_t port, std::chrono::seconds patience)
        : address_(address), port_(port), patience_(patience.count(), 0), whole_(patience * kWaitsOfAnswer) {}

    Result<HttpResponse> send(const HttpRequest& request) override {
        try {
            return exchange(request);
        } catch (const Poco::Exception& error) {
            return fail(ErrorKind::Unavailable,
                        "http://" + address_ + ":" + std::to_string(port_) +
                            " does not answer: " + error.displayText(),
                        "Look whether `fedtrail serve` runs.");
        }
    }

private:
    Result<HttpResponse> exchange(const HttpRequest& request) const {
        const auto allowance = std::make_shared<Allowance>(
            Allowance{std::chrono::steady_clock::now() + whole_, kLargestAnswer + kLargestHead});
        ClientSocket socket{new Limited<Poco::Net::StreamSocketImpl>{allowance}};
        socket.connect(Poco::Net::SocketAddress{address_, port_}, patience_);
        socket.setReceiveTimeout(patience_);
        socket.setSendTimeout(patience_);
        Poco::Net::HTTPClientSession session{socket};
        Poco::Net::HTTPRequest out{request.method, request.target, Poco::Net::HTTPMessage::HTTP_1_1};
        out.setHost(address_, port_);
        for (const auto& [name, value] : request.headers) {
            out.set(name, value);
        }
        out.setContentLength64(static_cast<Poco::Int64>(request.body.size()));
        session.sendRequest(out) << request.body << std::flush;
        Poco::Net::HTTPResponse in;
        auto& stream = session.receiveResponse(in);
        HttpResponse answer{static_cast<int>(in.getStatus()), {}, {}};
        for (const auto& [name, value] : in) {
            answer.headers.emplace_back(name, value);
        }
        std::array<char, 16384> buffer{};
        while (stream.read(buffer.data(), buffer.size()) || stream.gcount() > 0) {
            answer.body.append(buffer.data(), static_cast<std::size_t>(stream.gcount()));
            if (answer.body.size() > kLargestAnswer) {
                return fail(ErrorKind::Unavailable, "the answer is larger than 64 MiB");
            }
        }
        const auto told = in.getContentLength64();  // streams keep what went wrong to themselves
        const bool cut = told >= 0 && answer.body.size() != static_cast<std::size_t>(told);
        if (stream.bad() || (cut && request.method != "HEAD")) {
            return fail(ErrorKind::Unavailable,
                        "http://" + address_ + ":" + std::to_string(port_) + " did not end its answer",
                        "Look whether `fedtrail serve` runs.");
        }
        return answer;
    }

    std::string address_;
    std::uint16_t port_;
    Poco::Timespan patience_;
    std::chrono::seconds whole_;
};

}  // namespace

std::unique_ptr<HttpClient> client(const std::string& address,
                                   std::uint16_t port,
                                   std::chrono::seconds patience) {
    return std::make_unique<PocoHttpClient>(address, port, patience);
}

}  // namespace fedtrail::poco
