#include <array>
#include <istream>
#include <ostream>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>

#include "backends/poco/http_server.hpp"

namespace fedtrail::poco {

namespace {

constexpr std::size_t kLargestAnswer = std::size_t{64} * 1024 * 1024;

class PocoHttpClient : public HttpClient {
public:
    PocoHttpClient(const std::string& address, std::uint16_t port, std::chrono::seconds patience)
        : address_(address), port_(port), patience_(patience.count(), 0) {}

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
        Poco::Net::HTTPClientSession session{address_, port_, Poco::Net::HTTPClientSession::ProxyConfig{}};
        session.setTimeout(patience_);
        Poco::Net::HTTPRequest out{request.method, request.target, Poco::Net::HTTPMessage::HTTP_1_1};
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
        return answer;
    }

    std::string address_;
    std::uint16_t port_;
    Poco::Timespan patience_;
};

}  // namespace

std::unique_ptr<HttpClient> client(const std::string& address,
                                   std::uint16_t port,
                                   std::chrono::seconds patience) {
    return std::make_unique<PocoHttpClient>(address, port, patience);
}

}  // namespace fedtrail::poco
