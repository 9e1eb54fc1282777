// The same request in other words. The key is never written into one: it is read from the environment.
const longest = 6000;

/** The languages, in the order of their tabs. */
export const languages = ["curl", "C#", "Python", "JavaScript"];

/** Whether the body is too long to stand in a snippet. */
export function isLong(request) {
  return request.body.length > longest;
}

/** A request {url, body, headers, hasKey} in a language. */
export function writeSnippet(language, request) {
  switch (language) {
    case "C#":
      return writeCSharp(request);
    case "Python":
      return writePython(request);
    case "JavaScript":
      return writeJavaScript(request);
    default:
      return writeCurl(request);
  }
}

function writeCurl({ url, headers, hasKey, ...request }) {
  const lines = [`curl ${quoteShell(url)}`, `-H 'Content-Type: application/json'`];
  if (hasKey) {
    lines.push(`-H "Authorization: Bearer $RERANKER_KEY"`);
  }
  lines.push(...Object.entries(headers).map(([name, value]) => `-H ${quoteShell(`${name}: ${value}`)}`));
  lines.push(isLong(request) ? "--data-binary @request.json" : `-d ${quoteShell(request.body)}`);
  return lines.join(" \\\n  ");
}

function writeCSharp({ url, headers, hasKey, ...request }) {
  const body = isLong(request) ? `await File.ReadAllTextAsync("request.json")` : rawString(request.body);
  return [
    "using System.Net.Http.Headers;",
    "using System.Text;",
    "using System.Text.Json;",
    "",
    "using var http = new HttpClient();",
    ...(hasKey ? [`http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("RERANKER_KEY"));`] : []),
    ...Object.entries(headers).map(([name, value]) => `http.DefaultRequestHeaders.Add(${JSON.stringify(name)}, ${JSON.stringify(value)});`),
    `var body = ${body};`,
    `using var response = await http.PostAsync(${JSON.stringify(url)}, new StringContent(body, Encoding.UTF8, "application/json"));`,
    "response.EnsureSuccessStatusCode();",
    "using var reply = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());",
    `foreach (var entry in reply.RootElement.GetProperty("results").EnumerateArray())`,
    "{",
    `    Console.WriteLine($"{entry.GetProperty("relevance_score").GetDouble():F4}  passage {entry.GetProperty("index").GetInt32()}");`,
    "}",
  ].join("\n");
}

function writePython({ url, headers, hasKey, ...request }) {
  const all = [
    `"Content-Type": "application/json"`,
    ...(hasKey ? [`"Authorization": f"Bearer {os.environ['RERANKER_KEY']}"`] : []),
    ...Object.entries(headers).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`),
  ];
  return [
    ...(hasKey ? ["import os"] : []),
    "import json",
    "import urllib.request",
    "",
    isLong(request) ? `body = open("request.json", "rb").read()` : `body = json.dumps(${writePythonValue(JSON.parse(request.body))}).encode()`,
    `request = urllib.request.Request(${JSON.stringify(url)}, body, {${all.join(", ")}})`,
    "with urllib.request.urlopen(request) as response:",
    "    reply = json.load(response)",
    `for entry in reply["results"]:`,
    `    print(f"{entry['relevance_score']:.4f}  passage {entry['index']}")`,
  ].join("\n");
}

function writeJavaScript({ url, headers, hasKey, ...request }) {
  const all = [
    `"Content-Type": "application/json"`,
    ...(hasKey ? ["Authorization: `Bearer ${process.env.RERANKER_KEY}`"] : []),
    ...Object.entries(headers).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`),
  ];
  const long = isLong(request);
  return [
    ...(long ? [`import { readFile } from "node:fs/promises";`, ""] : []),
    `const response = await fetch(${JSON.stringify(url)}, {`,
    `  method: "POST",`,
    `  headers: { ${all.join(", ")} },`,
    long ? `  body: await readFile("request.json"),` : `  body: JSON.stringify(${indent(JSON.stringify(JSON.parse(request.body), null, 2))}),`,
    "});",
    "if (!response.ok) throw new Error(await response.text());",
    "for (const entry of (await response.json()).results) {",
    "  console.log(entry.relevance_score.toFixed(4), `passage ${entry.index}`);",
    "}",
  ].join("\n");
}

function indent(text) {
  return text.replaceAll("\n", "\n  ");
}

function quoteShell(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

// As many quotes around it as no run of quotes inside reaches.
function rawString(text) {
  const runs = text.match(/"+/g) ?? [];
  const quotes = '"'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${quotes}\n    ${text}\n    ${quotes}`;
}

function writePythonValue(value) {
  if (value === null) {
    return "None";
  }
  if (typeof value === "boolean") {
    return value ? "True" : "False";
  }
  if (Array.isArray(value)) {
    return `[${value.map(writePythonValue).join(", ")}]`;
  }
  return typeof value === "object"
    ? `{${Object.entries(value).map(([name, entry]) => `${JSON.stringify(name)}: ${writePythonValue(entry)}`).join(", ")}}`
    : JSON.stringify(value);
}
