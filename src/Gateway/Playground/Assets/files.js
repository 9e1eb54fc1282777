// A file to a query, where it has one, and passages: lines, JSON, JSON lines or CSV.
const largest = 32 * 1024 * 1024;
const textNames = ["text", "passage", "document", "content", "body"];
const listNames = ["passages", "documents", "texts"];

/** Reads a file; throws an error whose message is for the reader. */
export async function readFile(file) {
  if (file.size > largest) {
    throw new Error(`${file.name} has more than ${largest / 1024 / 1024} MiB.`);
  }
  const bytes = await file.arrayBuffer();
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${file.name} is no text in UTF-8.`);
  }
  const found = readText(text, file.name);
  if (found.passages.length === 0) {
    throw new Error(`${file.name} has no passage.`);
  }
  return found;
}

/** Reads a text by the ending of its file's name. */
export function readText(text, name) {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  switch (ending) {
    case "json":
      return readJson(text, name);
    case "jsonl":
    case "ndjson":
      return { passages: splitLines(text).map((line, index) => readItem(readValue(line, `${name}, line ${index + 1}`), `${name}, line ${index + 1}`)) };
    case "csv":
      return { passages: readTable(text, ",", name) };
    case "tsv":
      return { passages: readTable(text, "\t", name) };
    default:
      return { passages: splitLines(text) };
  }
}

/** Lines that are not blank. */
export function splitLines(text) {
  return text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
}

function readJson(text, name) {
  const value = readValue(text, name);
  if (Array.isArray(value)) {
    return { passages: value.map((item, index) => readItem(item, `${name}, entry ${index}`)) };
  }
  const list = listNames.find((field) => Array.isArray(value?.[field]));
  if (list === undefined) {
    throw new Error(`${name} is neither a list nor an object with ${listNames.map((field) => `'${field}'`).join(", ")}.`);
  }
  const query = typeof value.query === "string" ? value.query : value.query?.text;
  return { query, passages: value[list].map((item, index) => readItem(item, `${name}, ${list}[${index}]`)) };
}

function readValue(text, where) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${where} is no JSON.`);
  }
}

function readItem(item, where) {
  if (typeof item === "string") {
    return item;
  }
  const field = textNames.find((candidate) => typeof item?.[candidate] === "string");
  if (field === undefined) {
    throw new Error(`${where} is neither a string nor an object with ${textNames.map((candidate) => `'${candidate}'`).join(", ")}.`);
  }
  return item[field];
}

// The column that is named like a text, else the first; a first row without such a name is a passage too.
function readTable(text, separator, name) {
  const rows = readRows(text, separator, name);
  const titles = (rows[0] ?? []).map((title) => title.trim().toLowerCase());
  const column = titles.findIndex((title) => textNames.includes(title));
  return (column < 0 ? rows.map((row) => row[0]) : rows.slice(1).map((row) => row[column] ?? "")).filter((cell) => cell.trim() !== "");
}

function readRows(text, separator, name) {
  const rows = [];
  let [row, cell, quoted, at] = [[], "", false, 0];
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  while (at < source.length) {
    const letter = source[at];
    if (quoted) {
      if (letter !== '"') {
        cell += letter;
      } else if (source[at + 1] === '"') {
        cell += '"';
        at++;
      } else {
        quoted = false;
      }
    } else if (letter === '"' && cell === "") {
      quoted = true;
    } else if (letter === separator) {
      row.push(cell);
      cell = "";
    } else if (letter === "\n" || letter === "\r") {
      at += letter === "\r" && source[at + 1] === "\n" ? 1 : 0;
      rows.push([...row, cell]);
      [row, cell] = [[], ""];
    } else {
      cell += letter;
    }
    at++;
  }
  if (quoted) {
    throw new Error(`${name} ends inside a quoted cell.`);
  }
  return cell !== "" || row.length > 0 ? [...rows, [...row, cell]] : rows;
}
