// The list of passages: first as they came, then in the order of their scores, each moving to its new place.
const pageSize = 100;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Ranking {
  #list;
  #more;
  #entries = [];
  #shown = 0;

  constructor(list, more) {
    [this.#list, this.#more] = [list, more];
    more.addEventListener("click", () => {
      const first = this.#shown;
      this.#showMore();
      const item = this.#list.children[first];
      item.tabIndex = -1;
      item.focus();
    });
  }

  /** Shows entries {index, score, logit?, tokens, cut, chunks, text}, best first. */
  show(entries, isRaw) {
    const before = this.#measure();
    const width = createWidth(entries, isRaw);
    this.#entries = entries.map((entry, place) => ({ ...entry, place, width: width(entry.score), isRaw }));
    this.#shown = 0;
    this.#list.replaceChildren();
    this.#showMore();
    this.#move(before);
  }

  clear() {
    this.#entries = [];
    this.#list.replaceChildren();
    this.#more.hidden = true;
  }

  #showMore() {
    const next = this.#entries.slice(this.#shown, this.#shown + pageSize);
    this.#list.append(...next.map(createItem));
    this.#shown += next.length;
    const left = this.#entries.length - this.#shown;
    this.#more.hidden = left === 0;
    this.#more.textContent = `Show ${Math.min(left, pageSize)} more of ${left}`;
  }

  // Where each passage stands; those that were not shown yet come from where the request has them.
  #measure() {
    return new Map([...this.#list.children].map((item) => [item.dataset.index, item.getBoundingClientRect().top]));
  }

  #move(before) {
    if (calm.matches) {
      return;
    }
    const items = [...this.#list.children];
    const tops = items.map((item) => item.getBoundingClientRect().top);
    items.forEach((item, place) => {
      const from = before.get(item.dataset.index) ?? tops[Math.min(Number(item.dataset.index), tops.length - 1)];
      const distance = from - tops[place];
      if (distance !== 0) {
        item.animate([{ transform: `translateY(${distance}px)` }, { transform: "none" }], { duration: 450, easing: "cubic-bezier(.2,.8,.2,1)" });
      }
    });
  }
}

// Relevances are parts of one; logits have no end, so the best and the worst of the list are the ends of the gauge.
function createWidth(entries, isRaw) {
  if (!isRaw) {
    return (score) => score;
  }
  const scores = entries.map((entry) => entry.score);
  const [low, high] = [scores.reduce((a, b) => Math.min(a, b), Infinity), scores.reduce((a, b) => Math.max(a, b), -Infinity)];
  return (score) => (high > low ? (score - low) / (high - low) : 1);
}

function createItem(entry) {
  const item = document.createElement("li");
  item.dataset.index = String(entry.index);
  const head = document.createElement("div");
  head.className = "head";
  head.append(
    createSpan("place", `${entry.place + 1}`),
    createSpan("score", entry.isRaw ? entry.score.toFixed(3) : entry.score.toFixed(4)),
    createSpan("", `${entry.tokens} tokens`));
  if (entry.chunks > 1) {
    head.append(createSpan("", `${entry.chunks} chunks`));
  }
  if (entry.cut > 0) {
    head.append(createSpan("cut", `${entry.cut} tokens truncated`));
  }
  head.append(createSpan("moved", describeMove(entry)));
  const gauge = document.createElement("div");
  gauge.className = "gauge";
  gauge.setAttribute("aria-hidden", "true");
  const filled = document.createElement("span");
  filled.style.width = `${(100 * entry.width).toFixed(2)}%`;
  gauge.append(filled);
  item.append(head, gauge, ...createText(entry));
  return item;
}

function createText(entry) {
  const text = document.createElement("p");
  text.className = "text";
  text.textContent = entry.text === "" ? "(empty)" : entry.text;
  if (entry.text.length <= 600) {
    return [text];
  }
  text.classList.add("long");
  const whole = document.createElement("button");
  whole.type = "button";
  whole.className = "link";
  whole.textContent = "Show all of it";
  whole.setAttribute("aria-expanded", "false");
  whole.addEventListener("click", () => {
    const isLong = text.classList.toggle("long");
    whole.textContent = isLong ? "Show all of it" : "Show less";
    whole.setAttribute("aria-expanded", String(!isLong));
  });
  return [text, whole];
}

function describeMove({ index, place }) {
  const moved = index - place;
  const from = `was ${index + 1}`;
  return moved > 0 ? `↑ ${moved}, ${from}` : moved < 0 ? `↓ ${-moved}, ${from}` : "unmoved";
}

function createSpan(name, text) {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  return span;
}
