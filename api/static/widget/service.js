// The service behind the widget: asks it, and says what went wrong in the reader's language.

const PATIENCE = 30000; // milliseconds to wait for an answer
const REMEMBERED = 8; // earlier questions sent with a follow-up

class Service {
  constructor(host) {
    this.host = host; // the origin that widget.js came from
  }

  /** Company, report, suggested questions, disclaimer, contact. */
  introduce(report, language) {
    return this.#fetch(`/v1/widget${report ? `?report=${encodeURIComponent(report)}` : ""}`, { language });
  }

  ask(question, { history, report, language, signal }) {
    return this.#fetch("/v1/ask", { language, signal, body: { question, history: history.slice(-REMEMBERED), report } });
  }

  /** One figure's metric and breakdown over every period. */
  series(id, language) {
    return this.#fetch(`/v1/figures/${encodeURIComponent(id)}/series?language=${language}`, { language });
  }

  feedback(told, language) {
    return this.#fetch("/v1/feedback", { language, body: told });
  }

  /** Throws {status, type, title, detail, retry, wait}; an aborted request throws the abort. */
  async #fetch(path, { language, body, signal }) {
    const say = (name, values) => words(name, language, values);
    const patience = new AbortController();
    const clock = setTimeout(() => patience.abort(), PATIENCE);
    signal?.addEventListener("abort", () => patience.abort());
    try {
      const response = await fetch(this.host + path, {
        method: body ? "POST" : "GET",
        headers: { "Accept-Language": language, ...(body && { "Content-Type": "application/json" }) },
        body: body && JSON.stringify(body),
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal: patience.signal,
      });
      if (response.status === 204) return null;
      const told = await response.json().catch(() => null);
      if (response.ok && told) return told;
      throw problem(response, told, say);
    } catch (error) {
      if (signal?.aborted || error.title) throw error;
      const name = patience.signal.aborted ? "late" : navigator.onLine === false ? "offline" : "down";
      throw { status: 0, title: say(name), detail: say(`${name}Detail`), retry: true };
    } finally {
      clearTimeout(clock);
    }
  }
}

/** What a failed response means: its RFC 9457 words, or ours where it has none. */
function problem(response, told, say) {
  const { status } = response;
  const seconds = Number(response.headers.get("Retry-After"));
  return {
    status,
    type: told?.type ?? "",
    title: told?.title ?? say("odd"),
    detail: told?.detail ?? say("oddDetail", { status }),
    retry: status >= 500 || status === 429 || !told?.title,
    wait: status === 429 && seconds > 0 ? say("wait", { seconds }) : "",
  };
}
