// Small pieces of a page.
export function create(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A sentence in which `code` is marked. */
export function createSentence(text, tag = "p") {
  const pieces = text.split(/(`[^`]+`)/).filter((piece) => piece !== "");
  return create(tag, {}, ...pieces.map((piece) => (piece.startsWith("`") ? create("code", {}, piece.slice(1, -1)) : piece)));
}

export function createSentences(text) {
  return text.split("\n\n").map((part) => createSentence(part));
}

export function createTable(caption, titles, rows) {
  const head = create("tr", {}, ...titles.map((title) => create("th", { scope: "col" }, title)));
  const body = rows.map((cells) => create("tr", {}, ...cells.map((cell) => (typeof cell === "string" ? createSentence(cell, "td") : cell))));
  const table = create("table", {}, create("caption", { class: "unseen" }, caption), create("thead", {}, head), create("tbody", {}, ...body));
  return create("div", { class: "table", tabindex: "0", role: "region", "aria-label": caption }, table);
}

export function createCode(text, label) {
  return create("pre", { tabindex: "0", role: "region", "aria-label": label }, create("code", {}, text));
}

export function formatJson(value) {
  return JSON.stringify(value, null, 2);
}
