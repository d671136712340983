#include "wire.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fedtrail::testing {

namespace {

void be_patient(int socket) {
    const timeval limit{kPatience.count(), 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/// Calls again what was interrupted: with time limits a socket's calls end when the process is stopped and
/// goes on.
template <typename Call>
auto uninterrupted(Call call) {
    for (;;) {
        errno = 0;
        if (const auto answer = call(); answer > 0 || errno != EINTR) {
            return answer;
        }
    }
}

BIO* memory_of(const std::string& pem) {
    return BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
}

void use_certificate(SSL_CTX* context, const Certificate& certificate) {
    BIO* chain = memory_of(certificate.chain);
    X509* leaf = PEM_read_bio_X509(chain, nullptr, nullptr, nullptr);
    BIO* key_text = memory_of(certificate.private_key);
    EVP_PKEY* key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
    if (SSL_CTX_use_certificate(context, leaf) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1) {
        std::abort();
    }
    X509_free(leaf);
    EVP_PKEY_free(key);
    BIO_free(chain);
    BIO_free(key_text);
}

void trust(SSL_CTX* context, const std::string& root) {
    BIO* text = memory_of(root);
    X509* certificate = PEM_read_bio_X509(text, nullptr, nullptr, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate);
    X509_free(certificate);
    BIO_free(text);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

int choose(SSL* /*ssl*/,
           const unsigned char** out,
           unsigned char* out_size,
           const unsigned char* offered,
           unsigned offered_size,
           void* wanted) {
    const std::string name = static_cast<const char*>(wanted);
    const std::string_view offer{reinterpret_cast<const char*>(offered), offered_size};
    const auto at = offer.find(static_cast<char>(name.size()) + name);
    if (at == std::string_view::npos) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    *out = offered + at + 1;
    *out_size = static_cast<unsigned char>(name.size());
    return SSL_TLSEXT_ERR_OK;
}

std::string header_of(std::string_view head, std::string_view name) {
    for (std::size_t at = head.find("\r\n"); at + 2 < head.size(); at = head.find("\r\n", at + 2)) {
        const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
        const auto colon = line.find(": ");
        if (colon != std::string_view::npos && colon == name.size() &&
            ::strncasecmp(line.data(), name.data(), name.size()) == 0) {
            return std::string{line.substr(colon + 2)};
        }
    }
    return {};
}

}  // namespace

Wire::Wire(Wire&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      ssl_(std::exchange(other.ssl_, nullptr)),
      context_(std::exchange(other.context_, nullptr)),
      buffered_(std::move(other.buffered_)),
      clean_(other.clean_) {}

Wire::~Wire() {
    close();
}

void Wire::close() {
    if (ssl_ != nullptr && SSL_is_init_finished(ssl_) == 1) {
        SSL_shutdown(ssl_);
    }
    SSL_free(std::exchange(ssl_, nullptr));
    SSL_CTX_free(std::exchange(context_, nullptr));
    if (socket_ >= 0) {
        ::close(std::exchange(socket_, -1));
    }
    ERR_clear_error();
}

Wire Wire::connect(const std::string& address) {
    const auto colon = address.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface is older than types.
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        std::abort();
    }
    be_patient(socket);
    return Wire{socket};
}

bool Wire::start_client(const std::string& root, const std::string& name, std::string_view alpn) {
    context_ = SSL_CTX_new(TLS_client_method());
    trust(context_, root);
    ssl_ = SSL_new(context_);
    SSL_set1_host(ssl_, name.c_str());
    SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name.c_str()));
    if (!alpn.empty()) {
        const std::string list = static_cast<char>(alpn.size()) + std::string{alpn};
        SSL_set_alpn_protos(
            ssl_, reinterpret_cast<const unsigned char*>(list.data()), static_cast<unsigned>(list.size()));
    }
    SSL_set_fd(ssl_, socket_);
    const bool opened = uninterrupted([this] { return SSL_connect(ssl_); }) == 1;
    ERR_clear_error();
    return opened;
}

bool Wire::start_server(const Certificate& certificate, int at_most_version, const char* alpn) {
    be_patient(socket_);
    context_ = SSL_CTX_new(TLS_server_method());
    if (at_most_version != 0) {
        SSL_CTX_set_security_level(context_, 0);
        SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_, at_most_version);
    }
    // the same keys for all connections, so that one can resume another
    std::array<unsigned char, 80> keys{};
    SSL_CTX_set_tlsext_ticket_keys(context_, keys.data(), static_cast<long>(keys.size()));
    use_certificate(context_, certificate);
    if (alpn != nullptr) {
        SSL_CTX_set_alpn_select_cb(context_, choose, const_cast<char*>(alpn));
    }
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, socket_);
    const bool opened = uninterrupted([this] { return SSL_accept(ssl_); }) == 1;
    ERR_clear_error();
    return opened;
}

std::string Wire::protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

std::string Wire::peer_subject_alternative() const {
    X509* certificate = SSL_get1_peer_certificate(ssl_);
    auto* names =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    std::string found;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const auto* name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS) {
            found.append(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)));
        }
    }
    GENERAL_NAMES_free(names);
    X509_free(certificate);
    return found;
}

std::string Wire::peer_serial() const {
    X509* certificate = SSL_get1_peer_certificate(ssl_);
    BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr);
    char* text = BN_bn2hex(number);
    std::string serial{text};
    OPENSSL_free(text);
    BN_free(number);
    X509_free(certificate);
    return serial;
}

bool Wire::send(std::string_view bytes) {
    while (ssl_ != nullptr && !bytes.empty()) {
        std::size_t sent = 0;
        if (uninterrupted([&] { return SSL_write_ex(ssl_, bytes.data(), bytes.size(), &sent); }) != 1) {
            ERR_clear_error();
            return false;
        }
        bytes.remove_prefix(sent);
    }
    return send_raw(bytes);
}

std::string Wire::sealed(std::string_view bytes) {
    BIO* const socket = SSL_get_wbio(ssl_);
    BIO_up_ref(socket);
    BIO* const memory = BIO_new(BIO_s_mem());
    SSL_set0_wbio(ssl_, memory);
    std::size_t sent = 0;
    SSL_write_ex(ssl_, bytes.data(), bytes.size(), &sent);
    std::string record(BIO_pending(memory), '\0');
    BIO_read(memory, record.data(), static_cast<int>(record.size()));
    SSL_set0_wbio(ssl_, socket);
    return record;
}

bool Wire::send_raw(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent =
            uninterrupted([&] { return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Wire::fill() {
    std::array<char, 16384> room{};
    std::size_t got = 0;
    if (ssl_ != nullptr) {
        if (const int answer =
                uninterrupted([&] { return SSL_read_ex(ssl_, room.data(), room.size(), &got); });
            answer != 1) {
            clean_ = SSL_get_error(ssl_, answer) == SSL_ERROR_ZERO_RETURN;
            ERR_clear_error();
            return false;
        }
    } else {
        const auto count = uninterrupted([&] { return ::recv(socket_, room.data(), room.size(), 0); });
        if (count <= 0) {
            clean_ = count == 0;
            return false;
        }
        got = static_cast<std::size_t>(count);
    }
    buffered_.append(room.data(), got);
    return true;
}

std::string Wire::read_until(std::string_view end) {
    std::size_t at = 0;
    while ((at = buffered_.find(end)) == std::string::npos) {
        if (!fill()) {
            return std::exchange(buffered_, {});
        }
    }
    auto found = buffered_.substr(0, at + end.size());
    buffered_.erase(0, at + end.size());
    return found;
}

std::string Wire::read_exactly(std::size_t size) {
    while (buffered_.size() < size && fill()) {
    }
    auto found = buffered_.substr(0, size);
    buffered_.erase(0, size);
    return found;
}

std::string Wire::read_to_end() {
    while (fill()) {
    }
    return std::exchange(buffered_, {});
}

Message Wire::read_message(bool without_body) {
    Message message;
    message.head = read_until("\r\n\r\n");
    if (without_body) {
        return message;
    }
    if (header_of(message.head, "transfer-encoding") == "chunked") {
        message.body = read_until("0\r\n\r\n");
    } else if (const auto length = header_of(message.head, "content-length"); !length.empty()) {
        message.body = read_exactly(std::stoul(length));
    }
    return message;
}

void Wire::finish_sending() {
    ::shutdown(socket_, SHUT_WR);
}

void Wire::reset() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    SSL_free(std::exchange(ssl_, nullptr));
    ::close(std::exchange(socket_, -1));
}

}  // namespace fedtrail::testing
