/// Paper, rendered.

#pragma once

#include <iosfwd>

namespace fedtrail::reports {

struct Paper;
class PaperTexts;

/// Markdown that CommonMark, Mastodon (Redcarpet without extensions; its settings read a percent sign as a
/// placeholder) and Lemmy (markdown-it) show alike: headings, paragraphs, lists, emphasis and links; no
/// table, no HTML, no percent sign.
void render_markdown(const Paper& paper, const PaperTexts& texts, std::ostream& out);

/// One self-contained page: no script, no outside resource; links lead to the articles of the GDPR.
void render_html(const Paper& paper, const PaperTexts& texts, std::ostream& out);

}  // namespace fedtrail::reports
