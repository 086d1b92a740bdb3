// One answer: figures, words, chart, notes, sources, and what the reader can do with it.

/** The parts of an answer, top to bottom. `panel` is the EsgQa that shows it. */
function answerParts(question, answer, panel) {
  const say = (name, values) => words(name, answer.language, values);
  const silent = answer.status === "not_disclosed";
  const { figures } = answer;
  const parts = [
    answer.approved ? make("p", { class: "badge approved" }, say("approved", { date: day(answer.approved.on, answer.language) })) : null,
    silent ? make("p", { class: "badge silent" }, reasonOf(answer, say)) : null,
    ...figureParts(figures, say),
    sentences(answer, say),
    figures.length ? trend(answer, panel, say) : null,
    answer.interpretation ? make("p", { class: "aside" }, say("understood", { text: answer.interpretation })) : null,
    answer.nearest.length ? figureTable(answer.nearest, say("nearest"), say) : null,
    silent ? contact(question, answer.contact, say) : null,
    answer.notes.length ? notes(answer.notes, say) : null,
    answer.citations.length ? sources(answer.citations, sourcesTitle(answer, say), panel.titles, say) : null,
    actions(question, answer, panel, say),
  ];
  return parts.filter(Boolean);
}

/** What was computed stands large, and so does a single figure; groups stand in rows. */
function figureParts(figures, say) {
  const computed = figures.filter((figure) => figure.formula);
  if (computed.length) return computed.map(headline);
  if (!figures.length || isTrend(figures)) return figures.slice(0, 1).map(headline);
  return [figureTable(figures, say("figures"), say, { large: true })];
}

/** A figure over its periods, or what a figure was computed from: a chart where there are three periods, else a table. */
function trend(answer, panel, say) {
  const printed = answer.figures.filter((figure) => !figure.formula);
  const computed = printed.length < answer.figures.length;
  const rows = printed.length || !computed ? printed : answer.figures.flatMap((figure) => figure.inputs);
  const place = make("div", { class: "trend" });
  if (rows.length > 1 || computed) place.append(figureTable(rows, say(computed ? "computed" : "figures"), say));
  const [first] = printed;
  if (!first || !isTrend(printed)) return computed ? place : null;
  if (first.id) {
    panel.service.series(first.id, answer.language).then(
      (series) => {
        const known = series.points.filter((point) => point.value != null);
        if (known.length >= 3) place.replaceChildren(chart(series, first.period, say));
      },
      () => {}, // the answer stands without its chart
    );
  }
  return place;
}

/** What is cited where nothing answers proves no answer, and says so. */
function sourcesTitle(answer, say) {
  return say(answer.status === "not_disclosed" ? "closest" : "sources");
}

function reasonOf(answer, say) {
  const why = say("reasons")[answer.reason];
  return why ? `${say("silent")} · ${why}` : say("silent");
}

/** "2026-11-22" as a date a reader of the language expects. */
function day(date, language) {
  return new Date(`${date}T00:00:00Z`).toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" });
}

/** The answer's words, where [1] opens the first source. */
function sentences(answer, say) {
  const numbers = answer.citations.map((cited) => cited.number);
  const [opening, ...rest] = answer.text.split(/(\S{0,2}\[\d+\])/);
  const parts = rest.map((part, place) => {
    if (place % 2) return part;
    const [, before, ordinal] = /^(.*)\[(\d+)\]$/s.exec(part);
    const number = Number(ordinal);
    if (!numbers.includes(number)) return part;
    const button = make("button", { type: "button", class: "ref", "aria-label": say("source", { number }) }, ordinal);
    button.addEventListener("click", () => {
      const unfolding = button.closest(".turn").querySelector(`.sources [data-number="${number}"]`);
      unfolding.open = true;
      unfolding.querySelector("summary").focus({ preventScroll: true });
      unfolding.scrollIntoView({ block: "nearest" });
    });
    return make("span", { class: "together" }, before, button); // a number never starts a line on its own
  });
  return make("p", { class: "text" }, opening, ...parts);
}

function notes(told, say) {
  return make(
    "details",
    { class: "notes", open: told.join("").length < 160 ? "" : null },
    make("summary", {}, say("notes")),
    make("ul", {}, ...told.map((note) => make("li", {}, note))),
  );
}

function contact(question, address, say) {
  if (!/^[\w.+-]+@[\w-]+(\.[\w-]+)+$/.test(address)) return null;
  const href = `mailto:${address}?subject=${encodeURIComponent(say("subject", { question }))}`;
  return make("p", { class: "contact" }, make("a", { href }, say("contact")), make("span", { class: "where" }, address));
}

function actions(question, answer, panel, say) {
  const copy = iconButton("copy", say("copy"));
  const up = iconButton("helpful", say("helpful"), "false");
  const down = iconButton("unhelpful", say("unhelpful"), "false");
  const told = make("p", { class: "told" });
  const bar = make("div", { class: "actions" }, copy, up, down, told);
  const announce = (name) => {
    told.textContent = say(name);
    panel.announce(say(name));
  };
  copy.addEventListener("click", async () => announce((await copied(asText(question, answer, say))) ? "copied" : "uncopied"));
  const form = faultForm(say);
  const judge = async (helpful, reason = null, comment = null) => {
    try {
      await panel.service.feedback({ answer: answer.id, helpful, reason, comment: comment ?? undefined }, answer.language);
      announce("thanks");
      up.setAttribute("aria-pressed", String(helpful));
      down.setAttribute("aria-pressed", String(!helpful));
      panel.emit("feedback", { question, answer: answer.id, helpful, reason, comment });
    } catch (failure) {
      const nowhere = failure.status === 404 || failure.type?.endsWith("/no-store");
      announce(nowhere ? "noFeedback" : "feedbackFailed");
      if (failure.wait) told.append(` ${failure.wait}`);
    }
    form.hidden = true;
  };
  up.addEventListener("click", () => judge(true));
  down.addEventListener("click", () => {
    form.hidden = !form.hidden;
    if (form.hidden) return;
    form.querySelector("input").focus();
    form.scrollIntoView({ block: "nearest" });
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { reason, comment } = Object.fromEntries(new FormData(form));
    await judge(false, reason ?? null, comment.trim() || null);
    down.focus();
  });
  form.addEventListener("reset", () => {
    form.hidden = true;
    down.focus();
  });
  return make("div", { class: "foot" }, bar, form);
}

/** What was wrong with an answer: a reason, and words if the reader likes. */
function faultForm(say) {
  const choices = Object.entries(say("faults")).map(([reason, told]) =>
    make("label", {}, make("input", { type: "radio", name: "reason", value: reason, required: "" }), make("span", {}, told)),
  );
  return make(
    "form",
    { class: "faults", hidden: "" },
    make("fieldset", {}, make("legend", {}, say("why")), ...choices),
    make("label", { class: "comment" }, say("comment"), make("textarea", { name: "comment", rows: "2", maxlength: "500" })),
    make("button", { type: "submit", class: "solid" }, say("sendFeedback")),
    make("button", { type: "reset", class: "plain-button" }, say("cancel")),
  );
}

/** The answer as plain text, its sources numbered and quoted. */
function asText(question, answer, say) {
  const cited = answer.citations.map((one) => {
    const quote = one.quote.replace(/\s+/g, " ");
    return `[${one.number}] ${one.section.join(" › ")}, ${whereOf(one, say)}: “${quote}”`;
  });
  const formulas = answer.figures.filter((figure) => figure.formula).map((figure) => figure.formula);
  const tail = cited.length ? [`${sourcesTitle(answer, say)}\n${cited.join("\n")}`] : [];
  return [question, [answer.text, ...formulas].join("\n"), ...tail].join("\n\n");
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
