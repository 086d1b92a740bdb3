// The element itself: <esg-qa>, a launcher and the panel it opens.

const SHEET = new CSSStyleSheet();
SHEET.replaceSync(STYLE);

const SLOW = 4000; // milliseconds after which waiting is explained
const NARROW = matchMedia("(max-width: 30rem), (max-height: 26rem)");
const DARK = matchMedia("(prefers-color-scheme: dark)");
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const TOUCH = matchMedia("(pointer: coarse)");

class EsgQa extends HTMLElement {
  static observedAttributes = ["language", "theme", "report"];

  #root = this.attachShadow({ mode: "open" });
  #parts = {};
  #history = []; // questions answered so far, oldest first
  #introduction = null; // what /v1/widget told
  #introducing = null; // the promise of it
  #chosen = null; // the language the reader chose; null: follow the page
  #running = null; // AbortController of the question being answered
  #opener = null; // where focus returns to
  #watcher = new MutationObserver(() => this.#speak());
  #follow = () => this.#appear();

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [SHEET];
    this.#build();
  }

  connectedCallback() {
    this.service = new Service(this.getAttribute("host") ?? HOST);
    this.#watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
    for (const query of [NARROW, DARK]) query.addEventListener("change", this.#follow);
    this.#appear();
    this.#speak();
    this.#settle();
    if (this.hasAttribute("open")) this.open();
  }

  disconnectedCallback() {
    this.#watcher.disconnect();
    for (const query of [NARROW, DARK]) query.removeEventListener("change", this.#follow);
    this.#running?.abort();
  }

  attributeChangedCallback(name, before, after) {
    if (!this.isConnected || before === after) return;
    if (name === "theme") this.#appear();
    if (name === "language") {
      this.#chosen = null;
      this.#speak();
    }
    if (name === "report") {
      this.#introduction = this.#introducing = null;
      this.clear();
      this.#speak();
      if (this.#parts.panel.open) this.#introduce();
    }
  }

  /** The language the widget speaks now. */
  get language() {
    return this.#chosen ?? spoken(this.getAttribute("language") ?? "") ?? pageLanguage(this);
  }

  set language(tag) {
    this.#chosen = spoken(tag ?? "");
    this.#speak();
  }

  /** The report's title in each language; null until the service told. */
  get titles() {
    return this.#introduction?.title ?? null;
  }

  get isOpen() {
    return this.#parts.panel.open;
  }

  /** Show the panel and put the reader into it. */
  open() {
    const { panel, launcher } = this.#parts;
    if (panel.open) return;
    this.#opener = document.activeElement === this ? launcher : document.activeElement;
    this.#show();
    this.#rest();
    this.#introduce();
    this.emit("open");
  }

  /** Hide the panel and put the reader back. */
  close() {
    const { panel, launcher } = this.#parts;
    if (!panel.open) return;
    panel.close();
    launcher.hidden = this.#bare;
    launcher.setAttribute("aria-expanded", "false");
    const back = this.#opener?.isConnected && this.#opener !== document.body ? this.#opener : launcher;
    back.focus();
    this.emit("close");
  }

  /** Ask a question as if the reader had; resolves to the answer, or null when there is none. */
  ask(text) {
    this.open();
    return this.#ask(String(text).trim());
  }

  /** Forget the conversation. */
  clear() {
    this.#running?.abort();
    this.#running = null;
    this.#history = [];
    this.#parts.turns.replaceChildren();
    this.#settle();
  }

  /** Tell the host page. */
  emit(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(`esg-qa:${name}`, { bubbles: true, composed: true, detail }));
  }

  /** Tell a screen reader. */
  announce(text) {
    this.#parts.status.textContent = text;
  }

  /** Put the reader where typing begins; by touch only where reading does, for its keyboard would cover the answers. */
  #rest() {
    (TOUCH.matches ? this.#parts.name : this.#parts.box).focus({ preventScroll: true });
  }

  get #bare() {
    return this.getAttribute("launcher") === "none";
  }

  #say = (name, values) => words(name, this.language, values);

  #build() {
    const part = this.#parts;
    part.launch = make("span");
    part.launcher = make(
      "button",
      { type: "button", class: "launcher", part: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false" },
      icon("ask"),
      part.launch,
    );
    part.name = make("h2", { id: "name", tabindex: "-1" });
    part.report = make("p", { class: "where" });
    part.languages = make("div", { class: "languages", role: "group" }, ...this.#languageButtons());
    part.clear = iconButton("clear", "");
    part.close = iconButton("close", "");
    const head = make(
      "div",
      { class: "head", dir: "ltr" },
      make("div", { class: "names" }, part.name, part.report),
      part.languages,
      part.clear,
      part.close,
    );
    part.hello = make("p", { class: "hello" });
    part.lead = make("p", { class: "lead" });
    part.suggested = make("div", { class: "suggested" });
    part.welcome = make("section", { class: "welcome" }, part.hello, part.lead, part.suggested);
    part.turns = make("div", { class: "turns" });
    part.log = make("div", { class: "log", dir: "ltr", role: "region", tabindex: "0" }, part.welcome, part.turns);
    part.label = make("label", { for: "box", class: "unseen" });
    part.box = make("textarea", { id: "box", rows: "1", maxlength: "4000", enterkeyhint: "send", spellcheck: "false", dir: "auto" });
    part.send = make("button", { type: "submit", class: "solid send" }, icon("send"));
    part.form = make("form", { class: "asking", autocomplete: "off" }, part.label, part.box, part.send);
    part.disclaimer = make("p", { class: "disclaimer" });
    part.status = make("p", { class: "unseen", role: "status", "aria-live": "polite" });
    part.panel = make(
      "dialog",
      { class: "panel", part: "panel", "aria-labelledby": "name" },
      head,
      part.log,
      make("div", { class: "tail", dir: "ltr" }, part.form, part.disclaimer),
      part.status,
    );
    this.#root.append(part.launcher, part.panel);
    this.#listen();
  }

  #languageButtons() {
    const shown = { en: ["EN", "EN English"], "zh-Hant": ["繁", "繁體中文"], "zh-Hans": ["简", "简体中文"] };
    return Object.entries(shown).map(([language, [short, full]]) => {
      const button = make("button", { type: "button", lang: language, "aria-label": full, "data-language": language }, short);
      button.addEventListener("click", () => (this.language = language));
      return button;
    });
  }

  #listen() {
    const { launcher, panel, close, clear, box, form } = this.#parts;
    launcher.addEventListener("click", () => this.open());
    close.addEventListener("click", () => this.close());
    clear.addEventListener("click", () => {
      this.clear();
      this.announce(this.#say("cleared"));
      this.#rest();
    });
    panel.addEventListener("cancel", (event) => {
      event.preventDefault(); // the phone's back gesture on a sheet
      this.close();
    });
    panel.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the page's own shortcuts are not for what is typed here
      if (event.key !== "Escape" || composing(event)) return;
      event.preventDefault();
      this.close();
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
      event.preventDefault();
      form.requestSubmit();
    });
    box.addEventListener("input", () => this.#grow());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const question = box.value.trim();
      if (!question || this.#running) return;
      box.value = "";
      this.#grow();
      this.#ask(question);
    });
  }

  /** A sheet over the whole of a phone is modal; a panel beside the page is not. */
  #show() {
    const { panel, launcher } = this.#parts;
    if (NARROW.matches) panel.showModal();
    else panel.show();
    launcher.hidden = true;
    launcher.setAttribute("aria-expanded", "true");
  }

  /** Follow the theme, and the window from phone to desktop and back. */
  #appear() {
    const theme = this.getAttribute("theme");
    const { panel, launcher } = this.#parts;
    const dark = theme === "dark" || (theme !== "light" && DARK.matches);
    for (const part of [panel, launcher]) part.classList.toggle("dark", dark);
    launcher.hidden = panel.open || this.#bare;
    if (panel.open && panel.matches(":modal") !== NARROW.matches) {
      const focused = this.#root.activeElement;
      panel.close();
      this.#show();
      focused?.focus();
    }
  }

  #speak() {
    const part = this.#parts;
    const { language } = this;
    const told = this.#introduction;
    for (const place of [part.panel, part.launcher]) place.lang = language;
    part.launch.textContent = this.#say("launch");
    part.name.textContent = told ? this.#say("title", { company: told.company[language] }) : this.#say("untitled");
    part.report.textContent = told?.year ? this.#say("report", { year: told.year }) : "";
    part.languages.setAttribute("aria-label", this.#say("language"));
    for (const button of part.languages.children) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
    for (const name of ["clear", "close", "send"]) {
      part[name].setAttribute("aria-label", this.#say(name));
      part[name].title = this.#say(name);
    }
    part.log.setAttribute("aria-label", this.#say("conversation"));
    for (const name of ["hello", "lead", "label"]) part[name].textContent = this.#say(name);
    part.box.placeholder = this.#say("placeholder");
    part.disclaimer.textContent = told?.disclaimer[language] ?? this.#say("disclaimer");
    this.#suggest();
  }

  async #introduce() {
    if (this.#introduction || this.#introducing) return;
    const asked = this.service.introduce(this.getAttribute("report"), this.language);
    this.#introducing = asked;
    this.#suggest();
    const told = await asked.catch((failure) => ({ failure }));
    if (this.#introducing !== asked) return; // another report was chosen meanwhile
    this.#introducing = null;
    if (!told.failure) this.#introduction = told;
    this.#speak();
    if (told.failure) this.#parts.suggested.replaceChildren(this.#unintroduced(told.failure));
  }

  #unintroduced(failure) {
    const again = make("button", { type: "button", class: "plain-button" }, this.#say("retry"));
    again.addEventListener("click", () => {
      this.#rest();
      this.#introduce();
    });
    const told = failure.status === 404 ? failure.detail : this.#say("unintroduced");
    return make("p", { class: "aside" }, told, " ", again);
  }

  #suggest() {
    const { suggested } = this.#parts;
    if (this.#introducing) {
      suggested.replaceChildren(...[1, 2, 3].map(() => make("span", { class: "ghost", "aria-hidden": "true" })));
      return;
    }
    const questions = this.#introduction?.suggestions[this.language] ?? [];
    const items = questions.map((question) => {
      const button = make("button", { type: "button" }, question);
      button.addEventListener("click", () => {
        this.#rest();
        this.#ask(question);
      });
      return make("li", {}, button);
    });
    suggested.replaceChildren(...(items.length ? [make("h3", {}, this.#say("suggested")), make("ul", {}, ...items)] : []));
  }

  async #ask(question, again = null) {
    if (!question || this.#running) return null;
    const { language } = this;
    const running = (this.#running = new AbortController());
    const history = again?.history ?? [...this.#history];
    const turn = again?.turn ?? make("article", { class: "turn" });
    this.#wait(turn, question);
    if (!again) this.#parts.turns.append(turn);
    this.#settle();
    this.#reveal(turn);
    const slow = setTimeout(() => this.#explainWait(turn), SLOW);
    try {
      const answer = await this.service.ask(question, {
        history,
        language,
        report: this.getAttribute("report") || null,
        signal: running.signal,
      });
      turn.className = "turn";
      turn.lang = answer.language;
      turn.replaceChildren(asked(question), ...answerParts(question, answer, this));
      this.#history.push(question);
      this.announce(words("ready", answer.language, { text: answer.text.replace(/\[\d+\]/g, "") }));
      this.emit("answer", { question, answer });
      return answer;
    } catch (failure) {
      if (running.signal.aborted) return null; // cleared meanwhile
      if (!failure.title) throw failure;
      this.#showProblem(turn, question, history, failure);
      this.emit("error", { question, problem: failure });
      return null;
    } finally {
      clearTimeout(slow);
      if (this.#running === running) this.#running = null;
      this.#settle();
      this.#reveal(turn);
    }
  }

  #wait(turn, question) {
    turn.className = "turn loading";
    turn.lang = this.language;
    turn.replaceChildren(asked(question), make("p", { class: "aside" }, this.#say("loading")));
    this.announce(this.#say("loading"));
  }

  #explainWait(turn) {
    turn.querySelector(".aside").textContent = this.#say("slow");
    this.announce(this.#say("slow"));
  }

  #showProblem(turn, question, history, failure) {
    const { box } = this.#parts;
    turn.className = "turn wrong";
    turn.lang = this.language;
    const told = make("p", {}, make("strong", {}, failure.title), failure.detail, failure.wait ? ` ${failure.wait}` : "");
    turn.replaceChildren(asked(question), told);
    this.announce(`${failure.title}. ${failure.detail}`);
    if (failure.retry) {
      const again = make("button", { type: "button", class: "plain-button" }, this.#say("retry"));
      again.addEventListener("click", () => {
        this.#rest();
        this.#ask(question, { turn, history });
      });
      turn.append(again);
    } else if (!box.value) {
      box.value = question;
      this.#grow();
    }
  }

  /** Make the parts fit what is going on. */
  #settle() {
    const { turns, welcome, clear, send } = this.#parts;
    const empty = !turns.children.length;
    welcome.hidden = !empty;
    clear.hidden = empty;
    send.setAttribute("aria-disabled", String(Boolean(this.#running)));
  }

  /** Bring a turn's question to the top of the conversation. */
  #reveal(turn) {
    const { log } = this.#parts;
    if (!turn.isConnected) return;
    log.scrollTo({ top: turn.offsetTop - 12, behavior: CALM.matches ? "auto" : "smooth" });
  }

  #grow() {
    const { box } = this.#parts;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }
}

/** An IME is choosing characters: the key is its own. */
function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

function asked(question) {
  return make("h3", { class: "asked", dir: "auto" }, question);
}

/** Put the element onto the page, with what the script tag says. */
function embed() {
  if (document.querySelector("esg-qa")) return;
  const element = make("esg-qa");
  for (const name of ["report", "language", "theme", "position", "launcher", "open", "host"]) {
    const value = script?.dataset[name];
    if (value !== undefined && value !== "auto") element.setAttribute(name, value);
  }
  document.body.append(element);
}

if (!customElements.get("esg-qa")) {
  customElements.define("esg-qa", EsgQa);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", embed);
  else embed();
}
