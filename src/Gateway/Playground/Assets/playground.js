import { parse, readProblem, readTimings, root, send } from "./api.js";
import { readFile, splitLines } from "./files.js";
import { Ranking } from "./ranking.js";
import { isLong, languages, writeSnippet } from "./snippets.js";
import { createTabs } from "./tabs.js";
import { startTheme } from "./theme.js";
import { formatMilliseconds, showTimings } from "./timing.js";

const at = Object.fromEntries([...document.querySelectorAll("[id]")].map((element) => [element.id, element]));
const path = "v1/rerank";
const shownOfFile = 6;
const mostLinesToEdit = 1000;

const sample = {
  query: "How do I keep bread fresh for longer?",
  passages: [
    "Sourdough starter is fed with flour and water once a day.",
    "The museum opens at nine and is closed on Mondays.",
    "Wrapped in cloth inside a wooden box, a loaf stays fresh for about four days.",
    "Bread that is frozen on the day it is baked keeps for months; thaw it at room temperature.",
    "Rye flour binds more water than wheat flour.",
    "In the refrigerator starch recrystallizes quickly, so bread goes stale there sooner than outside.",
    "A bicycle chain lasts longer when it is cleaned and oiled.",
    "Keep a loaf cut side down on a board for the first day.",
  ],
};

// Passages of a file that the text field cannot show one a line; null while the field counts.
let loaded = null;
let language = languages[0];
let running = null;
const ranking = new Ranking(at.ranking, at.more);

startTheme(at.theme);
createTabs(at.tabs, at.code, languages, (name) => {
  language = name;
  showCode();
});
showModels();
for (const name of ["query", "passages", "model", "top", "chunks", "timeout", "raw", "key"]) {
  at[name].addEventListener("input", update);
}

at.key.addEventListener("change", showModels);
at.form.addEventListener("submit", (event) => {
  event.preventDefault();
  rank();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    rank();
  }
});
at.sample.addEventListener("click", () => {
  at.query.value = sample.query;
  setPassages(sample.passages);
  hideProblem();
});
at.clear.addEventListener("click", () => {
  at.query.value = "";
  setPassages([]);
  hideProblem();
  at.query.focus();
});
at.unload.addEventListener("click", () => {
  setPassages([]);
  at.passages.focus();
});
at.file.addEventListener("change", async () => {
  await load(at.file.files[0]);
  at.file.value = "";
});
at.copy.addEventListener("click", copyCode);
at.save.addEventListener("click", saveBody);
startDrop();
update();

function listPassages() {
  return loaded?.passages ?? splitLines(at.passages.value);
}

function setPassages(passages, name) {
  const isEditable = passages.length <= mostLinesToEdit && passages.every((passage) => passage.trim() !== "" && !/[\r\n]/.test(passage));
  loaded = isEditable ? null : { name, passages };
  at.passages.value = isEditable ? passages.join("\n") : "";
  at.passages.hidden = !isEditable;
  at.loaded.hidden = isEditable;
  if (loaded) {
    at["loaded-name"].textContent = `${passages.length} passages of ${name}`;
    at["loaded-list"].replaceChildren(...passages.slice(0, shownOfFile).map((passage) => {
      const item = document.createElement("li");
      item.textContent = passage.slice(0, 200);
      return item;
    }));
  }
  update();
}

async function load(file) {
  if (!file) {
    return;
  }
  hideProblem();
  try {
    const { query, passages } = await readFile(file);
    if (query) {
      at.query.value = query;
    }
    setPassages(passages, file.name);
  } catch (error) {
    showProblem(error.message);
  }
}

function createRequest() {
  const body = { query: at.query.value, documents: listPassages() };
  if (at.model.value) {
    body.model = at.model.value;
  }
  if (at.top.value) {
    body.top_n = Number(at.top.value);
  }
  if (at.raw.checked) {
    body.raw_scores = true;
  }
  body.return_tokens = true;
  const headers = {};
  if (at.chunks.value) {
    headers["X-Reranker-Max-Chunks"] = at.chunks.value;
  }
  if (at.timeout.value) {
    headers["X-Request-Timeout-Ms"] = at.timeout.value;
  }
  return { url: new URL(path, root).href, body: JSON.stringify(body), headers, hasKey: at.key.value !== "", passages: body.documents, isRaw: at.raw.checked };
}

async function rank() {
  hideProblem();
  const request = createRequest();
  const missing = request.passages.length === 0 ? ["passages", "There is no passage."] : at.query.value.trim() === "" ? ["query", "There is no query."] : null;
  if (missing) {
    showProblem(missing[1]);
    at[missing[0]].focus();
    return;
  }
  running?.abort();
  const own = running = new AbortController();
  at.rank.disabled = true;
  at.summary.textContent = "Ranking…";
  try {
    const reply = await send("POST", path, { body: request.body, key: at.key.value, headers: request.headers, signal: own.signal });
    showReply(reply, request);
  } catch (error) {
    if (own.signal.aborted) {
      return;
    }
    clearResult();
    showProblem(`No reply: ${error.message}.`);
  } finally {
    if (running === own) {
      at.rank.disabled = false;
    }
  }
}

function showReply(reply, request) {
  const body = parse(reply.text);
  const results = body?.results ?? body?.data;
  if (!reply.ok || !Array.isArray(results)) {
    clearResult();
    showProblem(reply.ok ? "The reply is of another dialect than this page speaks." : readProblem(reply));
    return;
  }
  const entries = results.map((entry) => ({
    index: entry.index, score: entry.relevance_score, tokens: entry.tokens, cut: entry.truncated_tokens ?? 0, chunks: entry.chunks ?? 1,
    text: request.passages[entry.index],
  }));
  at.empty.hidden = true;
  at.result.hidden = false;
  ranking.show(entries, request.isRaw);
  showTimings(at["time-bar"], at["time-list"], readTimings(reply.headers), reply.elapsed);
  showWarnings(body.meta?.warnings ?? []);
  at.summary.textContent =
    `${entries.length} of ${request.passages.length} passages, ${body.usage.total_tokens} tokens, ${formatMilliseconds(reply.elapsed)}, ${body.model}`;
  at["result-title"].focus({ preventScroll: innerWidth > 900 });
}

function showWarnings(warnings) {
  at.warnings.hidden = warnings.length === 0;
  at.warnings.replaceChildren(...warnings.map((warning) => {
    const item = document.createElement("li");
    item.textContent = warning;
    return item;
  }));
}

function clearResult() {
  at.summary.textContent = "";
  at.result.hidden = true;
  at.empty.hidden = false;
  ranking.clear();
}

function update() {
  const count = listPassages().length;
  at.count.textContent = count === 0 ? "none" : count === 1 ? "1 passage" : `${count} passages`;
  showCode();
}

function showCode() {
  const request = createRequest();
  at.code.firstElementChild.textContent = writeSnippet(language, request);
  at["code-note"].hidden = !isLong(request);
}

async function copyCode() {
  try {
    await navigator.clipboard.writeText(at.code.textContent);
    at.copy.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(at.code);
    at.copy.textContent = "Selected: press Ctrl+C";
  }
  setTimeout(() => { at.copy.textContent = "Copy"; }, 2000);
}

function saveBody() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([createRequest().body], { type: "application/json" }));
  link.download = "request.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function showModels() {
  try {
    const reply = await send("GET", "v1/models", { key: at.key.value });
    const models = parse(reply.text)?.data;
    if (reply.ok && Array.isArray(models)) {
      const chosen = at.model.value;
      at.model.replaceChildren(new Option("default", ""), ...models.map((model) => new Option(model.id, model.id)));
      at.model.value = models.some((model) => model.id === chosen) ? chosen : "";
    }
  } catch {
    // The list is a convenience; what keeps the server from answering is said where a ranking is asked for.
  }
}

function startDrop() {
  // A file that misses the field must not take the page's place.
  for (const type of ["dragover", "drop"]) {
    addEventListener(type, (event) => event.preventDefault());
  }
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) {
      at.drop.classList.add("over");
    }
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) {
      at.drop.classList.remove("over");
    }
  });
  addEventListener("drop", async (event) => {
    at.drop.classList.remove("over");
    await load(event.dataTransfer?.files[0]);
  });
}

function showProblem(text) {
  at.problem.textContent = text;
  at.problem.hidden = false;
}

function hideProblem() {
  at.problem.hidden = true;
  at.problem.textContent = "";
}
