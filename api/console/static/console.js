// What the console does beyond its pages: each of them works without this.
"use strict";

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// The report is opened at the first quote, and at another when its number is followed.
const report = find("#report");
for (const section of all(".opened")) {
  section.style.setProperty("--head", `${find("header", section).offsetHeight - 1}px`);
}
const openAt = (target) => {
  if (!target || !report) return;
  if (report.scrollHeight > report.clientHeight + 1) {
    const away = target.getBoundingClientRect().top - report.getBoundingClientRect().top;
    report.scrollTop += away - Math.min(220, report.clientHeight / 3);
  } else {
    target.scrollIntoView({ block: "center" });
  }
};
if (report && report.scrollHeight > report.clientHeight + 1) openAt(find("[id^=source-]", report));
for (const link of all("a[data-source]")) {
  link.addEventListener("click", (event) => {
    const target = document.getElementById(`source-${link.dataset.source}`);
    if (!target) return;
    event.preventDefault();
    for (const one of all(".shown-source")) one.classList.remove("shown-source");
    target.classList.add("shown-source");
    openAt(target);
    target.focus({ preventScroll: true });
  });
}

// Copying: with formatting where the browser can, and always as text.
const copied = find("#copied");
for (const button of all("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = find(button.dataset.text).value;
    copied.textContent = "";
    try {
      if (button.dataset.copy === "rich" && window.ClipboardItem) {
        const html = find(button.dataset.html).value;
        await navigator.clipboard.write([
          new ClipboardItem({
            "text/html": new Blob([html], { type: "text/html" }),
            "text/plain": new Blob([text], { type: "text/plain" }),
          }),
        ]);
      } else {
        await navigator.clipboard.writeText(text);
      }
      copied.textContent = button.dataset.done;
    } catch {
      const field = find(button.dataset.text);
      field.focus();
      field.select();
      copied.textContent = button.dataset.failed;
    }
  });
}
for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Steps that are hard to take back are asked about first.
for (const form of all("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault();
  });
}

// A long upload shows how far it is.
for (const form of all("form[data-progress]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const bar = document.createElement("progress");
    const label = document.createElement("label");
    label.className = "progress";
    label.append(form.dataset.progress, bar);
    const button = find("button", form);
    button.disabled = true;
    button.after(label);
    const sending = new XMLHttpRequest();
    sending.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) { bar.max = sent.total; bar.value = sent.loaded; }
    });
    sending.addEventListener("load", () => {
      if (sending.status < 400) { location.assign(sending.responseURL); return; }
      const answer = new DOMParser().parseFromString(sending.responseText, "text/html");
      document.title = answer.title;
      find("main").replaceWith(document.adoptNode(find("main", answer)));
      find("main").focus();
    });
    sending.addEventListener("error", () => { button.disabled = false; label.remove(); form.submit(); });
    sending.open("POST", form.action);
    sending.send(new FormData(form));
  });
}

// A filter that is chosen takes effect at once.
for (const form of all("form[data-sieve]")) {
  for (const choice of all("select", form)) choice.addEventListener("change", () => form.requestSubmit());
}
for (const box of all("[data-all]")) {
  box.closest("[hidden]").hidden = false;
  const boxes = () => all(`input[name="${box.dataset.all}"]`, box.form);
  box.addEventListener("change", () => boxes().forEach((one) => { one.checked = box.checked; }));
}

// What is too large to be taken is not sent, so that it stays where it was written.
for (const form of all("form[data-limit]")) {
  form.addEventListener("submit", (event) => {
    const sent = [...new FormData(form).values()];
    const over = new Blob(sent).size > form.dataset.limit - 64 * 1024; // room for names and dividers
    const told = find("[data-too-long]", form);
    told.hidden = !over;
    if (!over) return;
    event.preventDefault();
    told.scrollIntoView({ block: "center" });
  });
}

// What was written is not left behind by mistake.
for (const form of all("form[data-unsaved]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", (event) => { changed = changed && event.defaultPrevented; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

// What was written is put back when it could not be taken: the session had ended, or the page was out of date.
const draft = `esg-qa:${location.pathname}`;
const write = (form, [name, value]) => {
  const fields = all("input, select, textarea", form).filter((one) => one.name === name);
  const box = fields.find((one) => one.type === "checkbox" || one.type === "radio");
  const field = box ? fields.find((one) => one.value === value) : fields[0];
  if (!field) {
    const held = document.createElement("input");
    Object.assign(held, { type: "hidden", name, value });
    form.append(held);
    return false;
  }
  if (box) field.checked = true;
  else field.value = value;
  return true;
};
const forget = () => {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("esg-qa:")) sessionStorage.removeItem(name);
};
if (find(".said")) forget();
for (const form of all("form[action='/console/sign-out']")) form.addEventListener("submit", forget);
for (const form of all("form[data-unsaved]")) {
  const held = form.hasAttribute("data-kept") ? null : sessionStorage.getItem(draft);
  if (held) {
    for (const box of all("input[type=checkbox]", form)) box.checked = false;
    const whole = JSON.parse(held).map((entry) => write(form, entry)).every(Boolean);
    const laid = find("[name=action][value=find]", form);
    if (!whole && laid) { // the passages that were found stand in no new page; the service lays them out again
      form.action = `${location.pathname}?restored=1`;
      sessionStorage.removeItem(draft);
      form.requestSubmit(laid);
    } else {
      find("[data-restored]").hidden = false;
    }
  }
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const told = [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
    try { sessionStorage.setItem(draft, JSON.stringify(told)); } catch { /* too long, or storage is off */ }
  });
}
for (const link of all("[data-discard]")) link.addEventListener("click", () => sessionStorage.removeItem(draft));

// The name of the page that is open stays in view where the navigation scrolls.
const current = find("nav [aria-current]");
if (current) current.parentElement.parentElement.scrollLeft = current.offsetLeft - 16;
