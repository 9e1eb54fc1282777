// Where the time of a request went. What the server does not name of its total is its messages to the workers and its own work.
const parts = [
  ["tokenize", "tokenize"],
  ["queue", "queue"],
  ["device", "device"],
  ["cluster", "gateway and cluster"],
  ["wire", "wire"],
];

export function showTimings(bar, list, timings, elapsed) {
  const { tokenize = 0, queue = 0, device = 0, total = tokenize + queue + device } = timings;
  const times = {
    tokenize, queue, device,
    cluster: Math.max(0, total - tokenize - queue - device),
    wire: Math.max(0, elapsed - total),
  };
  bar.replaceChildren(...parts.map(([name]) => createPart(name, times[name])));
  list.replaceChildren(...parts.map(([name, title]) => createRow(name, title, times[name])));
}

export function formatMilliseconds(value) {
  return `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
}

function createPart(name, value) {
  const part = document.createElement("span");
  part.className = name;
  part.style.flexGrow = String(value);
  return part;
}

function createRow(name, title, value) {
  const [row, term, time] = [document.createElement("div"), document.createElement("dt"), document.createElement("dd")];
  row.className = name;
  term.textContent = title;
  time.textContent = formatMilliseconds(value);
  row.append(term, time);
  return row;
}
