// The page to ask on: sends the question, shows the answer, keeps earlier questions for follow-ups.
"use strict";

const WORDS = {
  en: {
    skip: "Skip to the question",
    brand: "ESG answers",
    language: "Language",
    title: "Ask the ESG report",
    titleOf: "Ask {company}’s {year} ESG report",
    lead: "Figures as the report prints them, each with the passage that proves it. What the report does not disclose is said plainly.",
    label: "Your question",
    ask: "Ask",
    hint: "In English, 繁體中文 or 简体中文. Enter sends, Shift and Enter starts a new line.",
    examples: "For example",
    answers: "Answers",
    clear: "Start over",
    cleared: "Earlier questions are forgotten.",
    disclaimer:
      "Answers are read by a program from the editions of the report named in each citation. The report as published prevails.",
    widget: "See it as a widget on a company’s site",
    loading: "Looking in the report…",
    figures: "Figures",
    what: "What",
    period: "Period",
    value: "Value",
    sources: "Sources",
    closest: "Closest passages, not an answer",
    source: "Source {number}",
    page: "page {page}",
    pages: "pages {page}–{end}",
    edition: "{edition} edition",
    editions: { en: "English", "zh-Hant": "Traditional Chinese", "zh-Hans": "Simplified Chinese" },
    understood: "Understood as: {text}",
    silent: "Not disclosed",
    reasons: {
      not_in_report: "the report does not say",
      other_period: "not for this period",
      other_boundary: "not within this boundary",
      forward_looking: "the report makes no such forecast",
      off_topic: "this is not about the report",
    },
    nearest: "What the report does disclose nearby",
    contact: "Ask the company’s investor relations: ",
    down: "The service cannot be reached",
    downDetail: "Check the connection, then try again. Your question is kept.",
    slow: "The service is taking too long",
    slowDetail: "It has not answered in 30 seconds. Your question is kept.",
    odd: "The service gave no answer",
    oddDetail: "It replied with something this page cannot read (status {status}).",
    retry: "Try again",
    ready: "Answer: {text}",
  },
  "zh-Hant": {
    skip: "跳至問題欄",
    brand: "ESG 問答",
    language: "語言",
    title: "向 ESG 報告提問",
    titleOf: "向{company} {year}\u00a0年 ESG 報告提問",
    lead: "數字照錄報告，每個答案均附原文出處。報告沒有披露的，會直接說明。",
    label: "你的問題",
    ask: "提問",
    hint: "可用 English、繁體中文或简体中文。按 Enter 送出，按 Shift 加 Enter 換行。",
    examples: "例如",
    answers: "答案",
    clear: "重新開始",
    cleared: "已清除先前的問題。",
    disclaimer: "答案由程式從各出處所示的報告版本讀取。如有歧異，以公司刊發的報告為準。",
    widget: "在公司網站上的小工具示範",
    loading: "正在查閱報告……",
    figures: "數字",
    what: "項目",
    period: "期間",
    value: "數值",
    sources: "出處",
    closest: "最接近的段落（並非答案）",
    source: "出處 {number}",
    page: "第 {page} 頁",
    pages: "第 {page}–{end} 頁",
    edition: "{edition}版",
    editions: { en: "英文", "zh-Hant": "繁體中文", "zh-Hans": "簡體中文" },
    understood: "理解為：{text}",
    silent: "未有披露",
    reasons: {
      not_in_report: "報告未有提及",
      other_period: "並非此期間",
      other_boundary: "並非此範圍",
      forward_looking: "報告未有作出此預測",
      off_topic: "與報告無關",
    },
    nearest: "報告中相近的已披露數據",
    contact: "可向公司投資者關係部查詢：",
    down: "無法連接服務",
    downDetail: "請檢查網絡後再試。問題已保留。",
    slow: "服務回應過慢",
    slowDetail: "30 秒內未有回應。問題已保留。",
    odd: "服務未能作答",
    oddDetail: "回應內容無法讀取（狀態碼 {status}）。",
    retry: "再試一次",
    ready: "答案：{text}",
  },
  "zh-Hans": {
    skip: "跳到问题栏",
    brand: "ESG 问答",
    language: "语言",
    title: "向 ESG 报告提问",
    titleOf: "向{company} {year}\u00a0年 ESG 报告提问",
    lead: "数字照录报告，每个答案都附原文出处。报告没有披露的，会直接说明。",
    label: "你的问题",
    ask: "提问",
    hint: "可用 English、繁體中文或简体中文。按 Enter 发送，按 Shift 加 Enter 换行。",
    examples: "例如",
    answers: "答案",
    clear: "重新开始",
    cleared: "已清除之前的问题。",
    disclaimer: "答案由程序从各出处所示的报告版本读取。如有歧义，以公司发布的报告为准。",
    widget: "在公司网站上的小组件演示",
    loading: "正在查阅报告……",
    figures: "数字",
    what: "项目",
    period: "期间",
    value: "数值",
    sources: "出处",
    closest: "最接近的段落（并非答案）",
    source: "出处 {number}",
    page: "第 {page} 页",
    pages: "第 {page}–{end} 页",
    edition: "{edition}版",
    editions: { en: "英文", "zh-Hant": "繁体中文", "zh-Hans": "简体中文" },
    understood: "理解为：{text}",
    silent: "未披露",
    reasons: {
      not_in_report: "报告未提及",
      other_period: "并非该期间",
      other_boundary: "并非该范围",
      forward_looking: "报告未作出该预测",
      off_topic: "与报告无关",
    },
    nearest: "报告中相近的已披露数据",
    contact: "可向公司投资者关系部查询：",
    down: "无法连接服务",
    downDetail: "请检查网络后再试。问题已保留。",
    slow: "服务响应过慢",
    slowDetail: "30 秒内未有响应。问题已保留。",
    odd: "服务未能作答",
    oddDetail: "响应内容无法读取（状态码 {status}）。",
    retry: "再试一次",
    ready: "答案：{text}",
  },
};

const PATIENCE = 30000; // milliseconds to wait for an answer
const REMEMBERED = 8; // earlier questions sent with a follow-up

const form = document.getElementById("form");
const box = document.getElementById("question");
const send = document.getElementById("send");
const status = document.getElementById("status");
const answers = document.getElementById("answers");
const list = document.getElementById("list");

let language = preferred();
let reports = [];
let history = [];
let waiting = false;

/** The first language of the browser's that this page speaks. */
function preferred() {
  for (const tag of navigator.languages ?? [navigator.language]) {
    if (/^(zh-(hant|tw|hk|mo)|yue)/i.test(tag)) return "zh-Hant";
    if (/^zh/i.test(tag)) return "zh-Hans";
    if (/^en/i.test(tag)) return "en";
  }
  return "en";
}

/** A word of the page with its {places} filled; an answer's card speaks the answer's language. */
function word(name, values = {}, tongue = language) {
  return Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), WORDS[tongue][name]);
}

/** An element with attributes and children; strings become text, never markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value != null) made.setAttribute(key, value);
  made.append(...children.filter((child) => child != null && child !== ""));
  return made;
}

function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  for (const place of document.querySelectorAll("[data-words]")) place.textContent = word(place.dataset.words);
  for (const place of document.querySelectorAll("[data-label]")) place.setAttribute("aria-label", word(place.dataset.label));
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
  }
  title();
}

/** Name the company and year in the heading, when there is one report. */
function title() {
  let text = word("title");
  if (reports.length === 1) {
    const { names, year } = reports[0];
    if (year) text = word("titleOf", { company: names[language], year });
  }
  document.querySelector("h1").textContent = text;
  document.title = text;
}

async function introduce() {
  try {
    const response = await fetch("/v1/reports");
    if (response.ok) {
      reports = (await response.json()).reports;
      title();
    }
  } catch {
    // The heading stays general; asking will tell if the service is down.
  }
}

async function ask(question, card = null) {
  if (waiting) return;
  waiting = true;
  send.setAttribute("aria-disabled", "true");
  const earlier = card?.earlier ?? history.slice(-REMEMBERED);
  const place = card?.place ?? element("article", {});
  place.className = "card loading";
  place.replaceChildren(heading(question), element("p", {}, word("loading")));
  if (!card) list.prepend(place);
  answers.hidden = false;
  status.textContent = word("loading");
  try {
    const answer = await fetchAnswer(question, earlier);
    show(place, question, answer);
    history.push(question);
    status.textContent = word("ready", { text: answer.text.replace(/\[\d+\]/g, "") });
  } catch (problem) {
    showProblem(place, question, earlier, problem);
    status.textContent = `${problem.title}. ${problem.detail}`;
  } finally {
    waiting = false;
    send.removeAttribute("aria-disabled");
  }
}

/** Ask the service; throws {title, detail, retry} in the reader's language. */
async function fetchAnswer(question, earlier) {
  let response;
  try {
    response = await fetch("/v1/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": language },
      body: JSON.stringify({ question, history: earlier }),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    const name = error.name === "TimeoutError" ? "slow" : "down";
    throw { title: word(name), detail: word(`${name}Detail`), retry: true };
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body?.status) return body;
  if (body?.title) throw { title: body.title, detail: body.detail, retry: response.status >= 500 };
  throw { title: word("odd"), detail: word("oddDetail", { status: response.status }), retry: true };
}

function heading(question) {
  return element("h3", { dir: "auto" }, question);
}

function show(place, question, answer) {
  const silent = answer.status === "not_disclosed";
  const say = (name, values) => word(name, values, answer.language);
  const [first, ...rest] = answer.figures;
  place.className = silent ? "card silent" : "card";
  place.lang = answer.language;
  place.replaceChildren(
    ...[
      heading(question),
      silent ? element("p", { class: "badge" }, reason(answer, say)) : null,
      first ? bigFigure(first) : null,
      rest.length ? figureTable(rest, say("figures"), say) : null,
      sentences(answer, say),
      answer.interpretation ? element("p", { class: "said" }, say("understood", { text: answer.interpretation })) : null,
      answer.notes.length ? element("ul", { class: "notes" }, ...answer.notes.map((note) => element("li", {}, note))) : null,
      answer.nearest.length ? element("div", { class: "nearest" }, figureTable(answer.nearest, say("nearest"), say)) : null,
      silent ? contact(answer.contact, say) : null,
      answer.citations.length ? citations(answer.citations, say(silent ? "closest" : "sources"), say) : null,
    ].filter(Boolean),
  );
}

function reason(answer, say) {
  const why = say("reasons")[answer.reason];
  return why ? `${say("silent")} · ${why}` : say("silent");
}

/** A number as people write it: thousands apart, a true minus. */
function written(value) {
  return value.replace(/^-/, "−").replace(/^(−?)(\d{4,})(?=\.|$)/, (_, sign, digits) => sign + digits.replace(/\B(?=(\d{3})+$)/g, ","));
}

/** The number with its unit; a percent sign attaches, words stand apart. */
function amount(figure) {
  return [written(figure.value), figure.unit].join(attached(figure) ? "" : " ");
}

function attached(figure) {
  return /^[%‰]?$/.test(figure.unit);
}

function described(figure) {
  return [figure.label, figure.breakdown].filter(Boolean).join(" · ");
}

function bigFigure(figure) {
  return element(
    "div",
    { class: "figure" },
    element(
      "p",
      { class: "number" },
      element("span", { class: "value" }, attached(figure) ? amount(figure) : written(figure.value)),
      attached(figure) ? null : " ",
      attached(figure) ? null : element("span", { class: "unit" }, figure.unit),
    ),
    element(
      "p",
      { class: "what" },
      described(figure),
      figure.period && described(figure) ? " · " : null,
      figure.period ? element("span", { class: "period" }, figure.period) : null,
    ),
    formula(figure),
  );
}

function formula(figure) {
  return figure.formula ? element("span", { class: "formula" }, element("code", {}, figure.formula)) : null;
}

/** The answer's words, where [1] opens the first citation. */
function sentences(answer, say) {
  const numbers = answer.citations.map((cited) => cited.number);
  const parts = answer.text.split(/\[(\d+)\]/).map((part, place) => {
    if (place % 2 === 0) return part;
    const number = Number(part);
    if (!numbers.includes(number)) return `[${part}]`;
    const button = element("button", { type: "button", class: "ref", "aria-label": say("source", { number }) }, part);
    button.addEventListener("click", () => {
      const unfolding = button.closest(".card").querySelector(`details[data-number="${number}"]`);
      unfolding.open = true;
      unfolding.querySelector("summary").focus();
    });
    return button;
  });
  return element("p", { class: "text" }, ...parts);
}

function figureTable(figures, caption, say) {
  const rows = figures.map((figure) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, described(figure), formula(figure)),
      element("td", {}, figure.period),
      element("td", {}, amount(figure)),
    ),
  );
  const names = ["what", "period", "value"].map((name) => element("th", { scope: "col" }, say(name)));
  const head = element("thead", { class: "visually-hidden" }, element("tr", {}, ...names));
  return element("table", {}, element("caption", {}, caption), head, element("tbody", {}, ...rows));
}

function contact(address, say) {
  if (!/^[\w.+-]+@[\w-]+(\.[\w-]+)+$/.test(address)) return null;
  return element("p", { class: "contact" }, say("contact"), element("a", { href: `mailto:${address}` }, address));
}

function citations(cited, title, say) {
  const unfolding = cited.map((one) => citation(one, say));
  return element("div", { class: "citations" }, element("h4", {}, title), ...unfolding);
}

function citation(cited, say) {
  const where = [
    cited.page == null ? "" : say(cited.page_end > cited.page ? "pages" : "page", { page: cited.page, end: cited.page_end }),
    say("edition", { edition: say("editions")[cited.edition] ?? cited.edition }),
  ];
  const titled = reports.some((report) => report.editions.some((edition) => edition.title === cited.section[0]));
  const section = titled && cited.section.length > 1 ? cited.section.slice(1) : cited.section;
  const place = element(
    "span",
    { class: "place" },
    element("span", { lang: cited.edition }, section.join(" › ")),
    element("span", { class: "where" }, where.filter(Boolean).join(" · ")),
  );
  return element(
    "details",
    { "data-number": cited.number },
    element("summary", {}, element("span", { class: "ordinal" }, String(cited.number)), place),
    passage(cited),
  );
}

/** The passage with its quote marked; offsets count code points, as the service does. */
function passage(cited) {
  const characters = Array.from(cited.passage);
  const text = (start, end) => characters.slice(start, end).join("");
  return element(
    "blockquote",
    { lang: cited.edition, tabindex: "0" },
    text(0, cited.start),
    element("mark", {}, text(cited.start, cited.end)),
    text(cited.end),
  );
}

function showProblem(place, question, earlier, problem) {
  place.className = "card wrong";
  place.lang = language;
  place.replaceChildren(
    heading(question),
    element("p", { role: "alert" }, element("strong", {}, problem.title), problem.detail),
  );
  if (problem.retry) {
    const again = element("button", { type: "button" }, word("retry"));
    again.addEventListener("click", () => {
      rest();
      ask(question, { place, earlier });
    });
    place.append(again);
  } else if (!box.value) {
    box.value = question;
    grow();
  }
}

/** Put the reader where typing begins; by touch nowhere, for its keyboard would cover the answers. */
function rest() {
  if (!matchMedia("(pointer: coarse)").matches) box.focus();
}

function grow() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value.trim();
  if (!question || waiting) return;
  box.value = "";
  grow();
  ask(question);
});

box.addEventListener("input", grow);
box.addEventListener("keydown", (event) => {
  const composing = event.isComposing || event.keyCode === 229; // an IME is choosing characters
  if (event.key !== "Enter" || event.shiftKey || composing) return;
  event.preventDefault();
  form.requestSubmit();
});

for (const button of document.querySelectorAll("#examples button")) {
  button.addEventListener("click", () => ask(button.textContent));
}
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => speak(button.dataset.language));
}
document.getElementById("clear").addEventListener("click", () => {
  history = [];
  list.replaceChildren();
  answers.hidden = true;
  status.textContent = word("cleared");
  rest();
});

speak(language);
introduce();
