/// Secret: text that opens doors (a private key, a password). The memory that held it is overwritten when it
/// goes; streaming, formatting or turning it into JSON does not compile.

#pragma once

#include <cstddef>
#include <ostream>
#include <span>
#include <string>

#include "fedtrail/core/personal.hpp"

namespace fedtrail {

/// Overwrites memory in a way the compiler does not leave out.
void overwrite(std::span<std::byte> memory) noexcept;
/// The same for everything `text` has room for; it is empty afterwards.
void overwrite(std::string& text) noexcept;

class Secret {
public:
    Secret() = default;
    /// Pass it with std::move(), or the caller's copy stays.
    explicit Secret(std::string text) : text_(std::move(text)) { overwrite(text); }
    // NOLINTNEXTLINE(google-explicit-constructor): what is personal may always become a secret
    Secret(const Personal<std::string>& text) : text_(text.reveal()) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { overwrite(other.text_); }
    Secret& operator=(const Secret& other) {
        if (this != &other) {
            overwrite(text_);
            text_ = other.text_;
        }
        return *this;
    }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            overwrite(text_);
            text_ = std::move(other.text_);
            overwrite(other.text_);
        }
        return *this;
    }
    ~Secret() { overwrite(text_); }

    /// The only way in, as with Personal<T>.
    [[nodiscard]] const std::string& reveal() const noexcept { return text_; }

    friend bool operator==(const Secret&, const Secret&) = default;
    friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

private:
    std::string text_;
};

}  // namespace fedtrail
