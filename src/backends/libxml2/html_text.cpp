#include "backends/libxml2/html_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>

namespace fedtrail::libxml2 {

namespace {

constexpr std::size_t kMostHtml = std::size_t{2} << 20U;
constexpr std::size_t kMostText = std::size_t{256} << 10U;
constexpr std::size_t kMostLanguage = 35;
/// Of the processor's, for one page. Whole pages take a tenth of it at most; libxml2 reads some nonsense in
/// time that grows with the square of its length.
constexpr std::chrono::milliseconds kMostWork{500};

constexpr std::array<std::string_view, 13> kSilent{"script",
                                                   "style",
                                                   "noscript",
                                                   "template",
                                                   "svg",
                                                   "head",
                                                   "nav",
                                                   "footer",
                                                   "button",
                                                   "textarea",
                                                   "select",
                                                   "iframe",
                                                   "object"};
constexpr std::array<std::string_view, 2> kInside{"main", "article"};
// What stands in a line: everything else begins a new one.
constexpr std::array<std::string_view, 23> kInline{
    "a", "abbr", "b",   "bdi",  "bdo", "cite", "code",  "data", "del",    "dfn", "em", "font",
    "i", "ins",  "kbd", "mark", "q",   "s",    "small", "span", "strong", "sub", "u"};

template <std::size_t Size>
bool is_in(const std::array<std::string_view, Size>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view view_of(const xmlChar* text) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libxml2's octets are UTF-8
    return text == nullptr ? std::string_view{} : std::string_view{reinterpret_cast<const char*>(text)};
}

/// Paragraphs as lines.
class Lines {
public:
    void add(std::string_view words) {
        for (const char c : words) {
            const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
            if (blank) {
                gap_ = true;
                continue;
            }
            if (text_.size() >= kMostText) {
                cut_ = true;
                return;
            }
            if (gap_ && !text_.empty() && text_.back() != '\n') {
                text_ += ' ';
            }
            gap_ = false;
            text_ += c;
        }
    }
    void end_line() {
        gap_ = false;
        if (!text_.empty() && text_.back() != '\n') {
            text_ += '\n';
        }
    }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    [[nodiscard]] HtmlText take() {
        end_line();
        if (cut_) {
            text_.resize(std::min(text_.size(), kMostText));
            // Not in the middle of a character.
            while (!text_.empty() && (static_cast<unsigned char>(text_.back()) & 0xC0U) == 0x80U) {
                text_.pop_back();
            }
            if (!text_.empty() && (static_cast<unsigned char>(text_.back()) & 0xC0U) == 0xC0U) {
                text_.pop_back();
            }
        }
        return {std::move(text_), {}, cut_, false};
    }

private:
    std::string text_;
    bool gap_{};
    bool cut_{};
};

struct Page {
    Lines all;
    Lines inside;  ///< Of <main> and <article>.
    std::size_t silent{};
    std::size_t inner{};
    bool asks_password{};
    bool asks_password_inside{};
    std::string language;

    void begin(std::string_view name, const xmlChar** attributes) {
        if (name == "html" && language.empty()) {
            language = attribute(attributes, "lang");
        }
        silent += is_in(kSilent, name) ? 1 : 0;
        inner += is_in(kInside, name) ? 1 : 0;
        if (name == "input" && silent == 0 && is_password(attribute(attributes, "type"))) {
            asks_password = true;
            asks_password_inside = asks_password_inside || inner > 0;
        }
        break_at(name);
    }
    void end(std::string_view name) {
        break_at(name);
        silent -= silent > 0 && is_in(kSilent, name) ? 1 : 0;
        inner -= inner > 0 && is_in(kInside, name) ? 1 : 0;
    }
    void words(std::string_view text) {
        if (silent > 0) {
            return;
        }
        all.add(text);
        if (inner > 0) {
            inside.add(text);
        }
    }

private:
    void break_at(std::string_view name) {
        if (!is_in(kInline, name)) {
            all.end_line();
            inside.end_line();
        }
    }
    static bool is_password(std::string_view type) {
        constexpr std::string_view kType = "password";
        return std::equal(type.begin(), type.end(), kType.begin(), kType.end(), [](char c, char wanted) {
            return (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) == wanted;
        });
    }
    static std::string attribute(const xmlChar** attributes, std::string_view wanted) {
        for (std::size_t i = 0; attributes != nullptr && attributes[i] != nullptr; i += 2) {
            if (view_of(attributes[i]) == wanted) {
                return std::string{view_of(attributes[i + 1]).substr(0, kMostLanguage)};
            }
        }
        return {};
    }
};

void on_begin(void* page, const xmlChar* name, const xmlChar** attributes) {
    static_cast<Page*>(page)->begin(view_of(name), attributes);
}

void on_end(void* page, const xmlChar* name) {
    static_cast<Page*>(page)->end(view_of(name));
}

void on_words(void* page, const xmlChar* text, int size) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libxml2's octets are UTF-8
    static_cast<Page*>(page)->words({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
}

/// Of this thread: a busy machine takes nothing from a page.
std::chrono::nanoseconds worked() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

/// The page, handed out in pieces as long as there is time for it.
struct Pieces {
    std::string_view rest;
    std::chrono::nanoseconds until{worked() + kMostWork};
    bool spent{};

    /// libxml2 asks for a few thousand octets each time, also within a tag.
    static int next(void* pieces, char* room, int size) {
        auto& self = *static_cast<Pieces*>(pieces);
        self.spent = self.spent || worked() > self.until;
        const auto count = self.spent ? 0 : std::min(self.rest.size(), static_cast<std::size_t>(size));
        self.rest.copy(room, count);
        self.rest.remove_prefix(count);
        return static_cast<int>(count);
    }
};

bool is_continuation(char octet) {
    return (static_cast<unsigned char>(octet) & 0xC0U) == 0x80U;
}

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t more = lead < 0x80          ? 0
                                 : (lead >> 5U) == 6  ? 1
                                 : (lead >> 4U) == 14 ? 2
                                 : (lead >> 3U) == 30 ? 3
                                                      : 4;
        if (more == 4) {
            return false;
        }
        const auto rest = text.substr(i + 1, more);
        if (!std::all_of(rest.begin(), rest.end(), is_continuation)) {
            return false;
        }
        i += more + 1;
    }
    return true;
}

struct Freed {
    void operator()(htmlParserCtxt* parser) const { htmlFreeParserCtxt(parser); }
};

}  // namespace

LibxmlHtmlReader::LibxmlHtmlReader() {
    xmlInitParser();
}

HtmlText LibxmlHtmlReader::read(std::string_view html, std::string_view charset) const {
    const bool too_much = html.size() > kMostHtml;
    html = html.substr(0, kMostHtml);
    const std::unique_ptr<htmlParserCtxt, Freed> parser{html.empty() ? nullptr : htmlNewParserCtxt()};
    if (!parser) {
        return {};
    }
    Page page;
    htmlSAXHandler events{};
    events.startElement = &on_begin;
    events.endElement = &on_end;
    events.characters = &on_words;
    events.cdataBlock = &on_words;
    events.ignorableWhitespace = &on_words;
    std::swap(*parser->sax, events);
    parser->userData = &page;
    const std::string named = charset.empty() && is_utf8(html) ? "utf-8" : std::string{charset};
    Pieces pieces{html};
    // No document: the events make none.
    htmlCtxtReadIO(parser.get(),
                   &Pieces::next,
                   nullptr,
                   &pieces,
                   nullptr,
                   named.empty() ? nullptr : named.c_str(),
                   HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    if (pieces.spent) {
        return {{}, {}, true, false};
    }
    const bool whole = page.inside.empty();
    auto told = whole ? page.all.take() : page.inside.take();
    told.asks_password = whole ? page.asks_password : page.asks_password_inside;
    told.language = std::move(page.language);
    told.cut = told.cut || too_much;
    return told;
}

}  // namespace fedtrail::libxml2
