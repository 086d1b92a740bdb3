// Who reads, and how they read: language, numbers, characters.

/** Which of the widget's languages a BCP 47 tag means; null: none. */
function spoken(tag) {
  if (/^(zh-(hant|tw|hk|mo)|yue)/i.test(tag)) return "zh-Hant";
  if (/^zh/i.test(tag)) return "zh-Hans";
  return /^en/i.test(tag) ? "en" : null;
}

/** The page's language, else the first of the browser's that the widget speaks. */
function pageLanguage(place) {
  const page = place.parentElement?.closest("[lang]")?.lang || document.documentElement.lang;
  for (const tag of [page, ...(navigator.languages ?? [navigator.language])]) {
    const language = spoken(tag ?? "");
    if (language) return language;
  }
  return "en";
}

/** Words in a language, with their {places} filled. */
function words(name, language, values = {}) {
  const text = WORDS[language][name];
  return Object.entries(values).reduce((said, [key, value]) => said.replaceAll(`{${key}}`, value), text);
}

/** A number as people write it: thousands apart, a true minus. */
function written(value) {
  const [, sign, whole, rest] = /^([-−]?)(\d*)(.*)$/s.exec(value);
  return `${sign && "−"}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${rest}`;
}

/** Whether a unit is written right after its number, as a percent sign is. */
function attached(unit) {
  return /^[%‰]?$/.test(unit);
}

/** What a figure measures, in words; a label may name its group already. */
function described({ label, breakdown }) {
  const named = !breakdown || label.toLowerCase().includes(breakdown.toLowerCase());
  return named ? label : [label, breakdown].filter(Boolean).join(" · ");
}

/** The passage before, in and after its quote. The service counts code points, JavaScript UTF-16 units. */
function quoted({ passage, start, end }) {
  const characters = Array.from(passage);
  return [[0, start], [start, end], [end]].map(([from, to]) => characters.slice(from, to).join(""));
}
