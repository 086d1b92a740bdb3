// Elements, made by hand: text is only ever text, never markup.

const ICONS = {
  ask: "M4 5.5h16v11H11l-4.5 3.6V16.5H4zM8 9.5h8M8 12.5h5",
  close: "M6 6l12 12M18 6L6 18",
  clear: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 10.5v5.5M13.5 10.5v5.5",
  send: "M12 19V5M6 11l6-6 6 6",
  copy: "M9 9h10.5v10.5H9zM15 9V4.5H4.5V15H9",
  helpful: "M4.5 10.5h3v9h-3zM7.5 10.5l3.8-6c1.5 0 2.4 1.2 2 2.7l-.6 2.8h5.2c1 0 1.7.9 1.5 1.9l-1.2 6c-.1.9-.8 1.6-1.7 1.6h-9",
  unhelpful: "M4.5 13.5h3v-9h-3zM7.5 13.5l3.8 6c1.5 0 2.4-1.2 2-2.7l-.6-2.8h5.2c1 0 1.7-.9 1.5-1.9l-1.2-6c-.1-.9-.8-1.6-1.7-1.6h-9",
};

/** An element with attributes and children; null attributes and empty children are left out. */
function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
function draw(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) if (value != null) made.setAttribute(key, value);
  made.append(...children.filter((child) => child != null && child !== ""));
  return made;
}

function icon(name) {
  return draw("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, draw("path", { d: ICONS[name] }));
}

/** A button that shows an icon and is named by its label. */
function iconButton(name, label, pressed) {
  return make(
    "button",
    { type: "button", class: "round", "aria-label": label, title: label, "aria-pressed": pressed },
    icon(name),
  );
}
