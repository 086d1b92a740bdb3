// Figures: one set large, several in rows, a metric over its periods as a small chart.

/** The headline: what, how much, when. */
function headline(figure) {
  const what = described(figure);
  return make(
    "div",
    { class: "headline" },
    make("p", { class: "what" }, what, what && figure.period ? " · " : "", make("span", { class: "when" }, figure.period)),
    make("p", { class: "number" }, ...amountParts(figure)),
    formula(figure),
  );
}

/** The number and its unit; a percent sign belongs to the number. */
function amountParts(figure) {
  const close = attached(figure.unit);
  const value = make("span", { class: "value" }, written(figure.value) + (close ? figure.unit : ""));
  return close ? [value] : [value, make("span", { class: "unit" }, ` ${figure.unit}`)];
}

function formula(figure) {
  return figure.formula ? make("p", { class: "formula" }, figure.formula) : null;
}

/** Figures in rows. What all their names begin with ("Employees by age: ") stands above them once. */
function figureTable(figures, caption, say, { large = false } = {}) {
  const labels = figures.map((figure) => figure.label);
  const names = new Set(labels).size === labels.length ? labels : figures.map(described);
  const [shared, own] = large ? splitNames(names) : ["", names];
  const periods = new Set(figures.map((figure) => figure.period));
  const one = large && periods.size === 1;
  const rows = figures.map((figure, place) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, own[place], formula(figure)),
      one ? null : make("td", { class: "when" }, figure.period),
      make("td", { class: "amount" }, ...amountParts(figure)),
    ),
  );
  const heads = ["what", ...(one ? [] : ["period"]), "value"].map((name) => make("th", { scope: "col" }, say(name)));
  const above = [shared || caption, one ? [...periods][0] : ""].filter(Boolean).join(" · ");
  return make(
    "table",
    { class: large ? "figures large" : "figures" },
    make("caption", {}, above),
    make("thead", { class: "unseen" }, make("tr", {}, ...heads)),
    make("tbody", {}, ...rows),
  );
}

/** Take apart what names share up to a colon or a dot, and what is each one's own. */
function splitNames(names) {
  const shared = /^.*(?:: ?|：| · )/s.exec(names[0])?.[0] ?? "";
  if (names.length < 2 || !shared || !names.every((name) => name.startsWith(shared) && name !== shared)) return ["", names];
  return [shared.replace(/(?:: ?|：| · )$/, ""), names.map((name) => name.slice(shared.length))];
}

/** Whether figures are one metric and breakdown in several periods. */
function isTrend(figures) {
  const [first] = figures;
  return figures.every((figure) => described(figure) === described(first) && figure.unit === first.unit);
}

const CHART = { width: 360, top: 24, height: 96, bottom: 22 };

/** A column for each period, labelled with the report's own digits; the same numbers stand in a table. */
function chart(series, asked, say) {
  const { points } = series;
  const label = say("chart", { label: series.label, first: points[0].period, last: points.at(-1).period });
  return make(
    "figure",
    { class: "chart" },
    make("figcaption", {}, [label, series.unit].filter(Boolean).join(" · ")),
    columns(points, asked, label),
    make("details", { class: "plain" }, make("summary", {}, say("asTable")), pointTable(points, label, series.unit, say)),
  );
}

function columns(points, asked, label) {
  const { width, top, height, bottom } = CHART;
  const values = points.filter((point) => point.value != null).map((point) => Number(point.value));
  const high = Math.max(0, ...values);
  const low = Math.min(0, ...values);
  const y = (value) => top + (height * (high - value)) / (high - low || 1);
  const step = width / points.length;
  const broad = Math.min(56, step * 0.62);
  const every = points.length <= 6; // beyond that, only the ends and the period asked for have room for words
  const parts = points.flatMap((point, place) => {
    const middle = step * (place + 0.5);
    const value = point.value == null ? 0 : Number(point.value);
    const named = every || point.period === asked || place === 0 || place === points.length - 1;
    const edge = value < 0 ? y(value) + 13 : y(value) - 7;
    return [
      point.value == null
        ? null
        : draw("rect", {
            class: point.period === asked ? "column now" : "column",
            x: middle - broad / 2,
            width: broad,
            y: Math.min(y(0), y(value)),
            height: Math.max(1, Math.abs(y(value) - y(0))),
          }),
      named ? draw("text", { class: "mark", x: middle, y: edge }, point.value == null ? "—" : point.digits) : null,
      named ? draw("text", { class: "tick", x: middle, y: top + height + bottom - 5 }, point.period) : null,
    ];
  });
  return draw(
    "svg",
    { viewBox: `0 0 ${width} ${top + height + bottom}`, role: "img", "aria-label": label },
    ...parts.filter(Boolean),
    draw("line", { class: "zero", x1: 0, x2: width, y1: y(0), y2: y(0) }),
  );
}

function pointTable(points, caption, unit, say) {
  const rows = points.map((point) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, point.period),
      make("td", { class: "amount" }, point.value == null ? say("undisclosed") : point.digits),
    ),
  );
  const value = unit ? `${say("value")} (${unit})` : say("value");
  const heads = [say("period"), value].map((name, place) => make("th", { scope: "col", class: place ? "amount" : null }, name));
  return make(
    "table",
    { class: "figures" },
    make("caption", { class: "unseen" }, caption),
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, ...rows),
  );
}
