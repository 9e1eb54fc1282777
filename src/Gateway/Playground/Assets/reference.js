import { parse, readProblem, send } from "./api.js";
import { fillOperation } from "./operation.js";
import { create, createSentence, createSentences } from "./parts.js";
import { Schemas } from "./schema.js";
import { startTheme } from "./theme.js";

const at = Object.fromEntries([...document.querySelectorAll("[id]")].map((element) => [element.id, element]));
const methods = ["get", "post", "put", "delete"];

startTheme(at.theme);
try {
  const reply = await send("GET", "openapi.json");
  if (!reply.ok) {
    throw new Error(readProblem(reply));
  }
  show(parse(reply.text));
} catch (error) {
  at.problem.textContent = `The document could not be read: ${error.message}`;
  at.problem.hidden = false;
}

function show(api) {
  const schemas = new Schemas(api);
  at.description.append(...createSentences(api.info.description));
  at.version.textContent = `version ${api.info.version}`;
  const operations = listOperations(api, schemas);
  const groups = api.tags.map((tag) => ({ tag, operations: operations.filter(({ operation }) => operation.tags[0] === tag.name) }))
    .filter((group) => group.operations.length > 0);
  const links = [];
  for (const { tag, operations: own } of groups) {
    const title = create("h2", { id: createId(tag.name) }, tag.name);
    const section = create("section", { class: "group", "aria-labelledby": title.id }, title, createSentence(tag.description ?? ""));
    const list = create("ul");
    for (const entry of own) {
      const details = createDetails(entry, schemas);
      const item = create("li", {}, create("a", { href: `#${details.id}` }, createMethod(entry.method), entry.path));
      section.append(details);
      list.append(item);
      links.push({ item, details, section, list, words: `${entry.method} ${entry.path} ${entry.operation.summary} ${tag.name}`.toLowerCase() });
    }
    at.operations.append(section);
    at.contents.append(create("h2", {}, tag.name), list);
  }
  at.find.addEventListener("input", () => filter(links));
  addEventListener("hashchange", openLinked);
  openLinked();
}

function listOperations(api, schemas) {
  return Object.entries(api.paths).flatMap(([path, item]) => methods.filter((method) => item[method]).map((method) => ({
    method, path, operation: item[method],
    parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map((parameter) => schemas.resolve(parameter)),
  })));
}

function createDetails(entry, schemas) {
  const { method, path, operation } = entry;
  const body = create("div", { class: "body" });
  const summary = create("summary", {}, createMethod(method), create("span", { class: "path" }, path), create("span", { class: "quiet" }, operation.summary));
  const details = create("details", { class: "operation", id: operation.operationId }, summary, body);
  details.addEventListener("toggle", () => {
    if (details.open && body.childElementCount === 0) {
      fillOperation(body, entry, schemas, () => at.key.value);
    }
  });
  return details;
}

function createMethod(method) {
  return create("span", { class: `method ${method}` }, method.toUpperCase());
}

function filter(links) {
  const words = at.find.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { item, details, words: own } of links) {
    item.hidden = details.hidden = !words.every((word) => own.includes(word));
  }
  for (const { section, list } of links) {
    const isEmpty = [...list.children].every((item) => item.hidden);
    section.hidden = list.hidden = list.previousElementSibling.hidden = isEmpty;
  }
}

function openLinked() {
  const linked = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (linked instanceof HTMLDetailsElement) {
    linked.open = true;
    linked.scrollIntoView();
    linked.firstElementChild.focus({ preventScroll: true });
  }
}

function createId(name) {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
