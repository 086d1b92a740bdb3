// Sources: numbered citations that unfold to the passage, its quote marked.

function sources(citations, heading, title, say) {
  const list = citations.map((cited) => make("li", {}, source(cited, title, say)));
  return make("section", { class: "sources" }, make("h4", {}, heading), make("ol", {}, ...list));
}

function source(cited, title, say) {
  const place = make(
    "span",
    { class: "place" },
    make("span", { lang: cited.edition }, sectionOf(cited, title).join(" › ")),
    make("span", { class: "where" }, whereOf(cited, say)),
  );
  const [before, quote, after] = quoted(cited);
  return make(
    "details",
    { "data-number": cited.number },
    make("summary", {}, make("span", { class: "ordinal" }, String(cited.number)), place),
    make(
      "blockquote",
      { lang: cited.edition, tabindex: "0", "aria-label": say("source", { number: cited.number }), role: "group" },
      ...ruled(before),
      make("mark", {}, ...ruled(quote)),
      ...ruled(after),
    ),
  );
}

/** The headings without the report's own title. */
function sectionOf(cited, title) {
  const titled = cited.section.length > 1 && Object.values(title ?? {}).includes(cited.section[0]);
  return titled ? cited.section.slice(1) : cited.section;
}

function whereOf(cited, say) {
  const { page, page_end: end } = cited;
  const pages = page == null ? "" : say(end > page ? "pages" : "page", { page, end });
  return [pages, say("edition", { edition: say("editions")[cited.edition] ?? cited.edition })].filter(Boolean).join(" · ");
}

/** Text with the bars between table cells set apart, so that they can be drawn lightly. */
function ruled(text) {
  return text.split(/( \| )/).map((part) => (part === " | " ? make("span", { class: "bar" }, part) : part));
}
