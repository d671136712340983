/// Letters as files, to be sent by hand.

#pragma once

#include <filesystem>

#include "fedtrail/ports/mailer.hpp"

namespace fedtrail::erasure {

/// A Mailer that writes each letter into a file of its own (mode 0600), named after its message id; the same
/// letter again replaces it. `to` may be empty. Thread-safe as long as no two threads write the same letter.
class LetterFolder final : public Mailer {
public:
    /// The folder is made (mode 0700) with the first letter.
    explicit LetterFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Errors: Unavailable (cannot be written), Invalid (a message id without a letter or digit).
    [[nodiscard]] Result<void> send(const Letter& letter) override;

    /// Where a letter with this message id lies.
    [[nodiscard]] std::filesystem::path file_of(const std::string& message_id) const;

private:
    std::filesystem::path folder_;
};

}  // namespace fedtrail::erasure
