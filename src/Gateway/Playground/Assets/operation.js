import { parse, readProblem, send } from "./api.js";
import { create, createCode, createSentence, createSentences, createTable, formatJson } from "./parts.js";
import { formatMilliseconds } from "./timing.js";

const json = "application/json";

/** What is known of one method of one path: built when it is opened, since there are many. */
export function fillOperation(container, { method, path, operation, parameters }, schemas, findKey) {
  container.append(...createSentences(operation.description ?? ""));
  if (parameters.length > 0) {
    container.append(create("h3", {}, "Parameters"), createTable(`Parameters of ${path}`, ["Name", "In", "Meaning"], parameters.map((parameter) => [
      parameter.name, parameter.in, `${parameter.required ? "Required. " : ""}${parameter.description ?? ""}`,
    ])));
  }
  const content = operation.requestBody?.content?.[json];
  if (content) {
    container.append(create("h3", {}, "Body"), ...createBody(path, content, schemas));
  }
  container.append(create("h3", {}, "Replies"), createReplies(path, operation.responses, schemas));
  const reply = operation.responses["200"]?.content?.[json];
  if (reply) {
    container.append(...createBody(`reply of ${path}`, reply, schemas));
  }
  container.append(createTrial({ method, path, parameters, content, schemas, findKey }));
}

function createBody(name, content, schemas) {
  const tables = schemas.listChoices(content.schema).flatMap(({ title, schema }) => {
    const rows = schemas.listRows(schema).map((row) => [row.name, row.type, `${row.isRequired ? "Required. " : ""}${row.text}`]);
    const what = title || "Body";
    return [...(title ? [create("p", {}, create("strong", {}, title))] : []),
      ...(rows.length > 0 ? [createTable(`${what} of ${name}`, ["Field", "Type", "Meaning"], rows)] : schema.description ? [createSentence(schema.description)] : [])];
  });
  return [...tables, ...listExamples(content).map(([title, example]) => createCode(formatJson(example), `Example of ${name}${title}`))];
}

// Each with what tells it from others of the same body.
function listExamples(content) {
  const several = Object.entries(content.examples ?? {}).map(([title, example]) => [`, with ${title}`, example.value]);
  return content.example === undefined ? several : [["", content.example]];
}

function createReplies(path, responses, schemas) {
  return createTable(`Replies of ${path}`, ["Status", "Body", "When"], Object.entries(responses).map(([status, response]) => {
    const schema = schemas.resolve(response).content?.[json]?.schema;
    return [status, schema ? schemas.listChoices(schema).map(({ title, schema: own }) => title || schemas.describeType(own)).join(" or ") : "empty", schemas.resolve(response).description];
  }));
}

function createTrial({ method, path, parameters, content, schemas, findKey }) {
  const id = `${method}-${path}`.replaceAll(/[^a-z0-9]+/gi, "-");
  const inputs = parameters.map((parameter) => {
    const input = create("input", { id: `${id}-${parameter.name}`, autocomplete: "off", spellcheck: "false" });
    return { parameter, input, field: create("div", {}, create("label", { for: input.id }, parameter.name), input) };
  });
  const example = content ? listExamples(content)[0]?.[1] : undefined;
  const body = content ? create("textarea", { id: `${id}-body`, rows: "9", spellcheck: "false" }) : null;
  if (body) {
    body.value = example === undefined ? "{}" : formatJson(example);
  }
  const output = create("div", { role: "status" });
  const button = create("button", { type: "submit", class: "main" }, "Send");
  const form = create("form", { class: "try", "aria-label": `Try ${method.toUpperCase()} ${path}` },
    create("h3", {}, "Try it"),
    ...(inputs.length > 0 ? [create("div", { class: "inputs" }, ...inputs.map(({ field }) => field))] : []),
    ...(body ? [create("label", { for: body.id }, "Body"), body] : []),
    create("div", { class: "row" }, button), output);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      output.replaceChildren(...await run(method, path, inputs, body?.value, findKey()));
    } catch (error) {
      output.replaceChildren(create("p", { class: "problem" }, `No reply: ${error.message}.`));
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

async function run(method, path, inputs, body, key) {
  let url = path;
  const headers = {};
  const query = new URLSearchParams();
  for (const { parameter, input } of inputs) {
    if (parameter.in === "path") {
      url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    } else if (input.value !== "") {
      parameter.in === "header" ? headers[parameter.name] = input.value : query.set(parameter.name, input.value);
    }
  }
  const reply = await send(method.toUpperCase(), query.size > 0 ? `${url}?${query}` : url, { body, key, headers });
  const parsed = parse(reply.text);
  return [
    ...(reply.ok ? [create("p", {}, `${reply.status} after ${formatMilliseconds(reply.elapsed)}`)] : [create("p", { class: "problem" }, readProblem(reply))]),
    createCode([...reply.headers].map(([name, value]) => `${name}: ${value}`).join("\n"), `Headers of the reply of ${path}`),
    ...(reply.text === "" ? [] : [createCode(parsed === undefined ? reply.text : formatJson(parsed), `Body of the reply of ${path}`)]),
  ];
}
