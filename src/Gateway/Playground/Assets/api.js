// Calls to the server that this page came from, found beside this file, so that a proxy may put a prefix before all paths.
export const root = new URL("../", import.meta.url);

/** Sends a request; gives status, headers, text, and the milliseconds until the last byte. Throws only where there is no reply. */
export async function send(method, path, { body, key, headers = {}, signal } = {}) {
  const all = { ...headers };
  if (body !== undefined) {
    all["Content-Type"] = "application/json";
  }
  if (key) {
    all.Authorization = `Bearer ${key}`;
  }
  const started = performance.now();
  const response = await fetch(new URL(path.replace(/^\//, ""), root), {
    method, body, headers: all, signal, cache: "no-store", credentials: "same-origin", referrerPolicy: "no-referrer",
  });
  const text = await response.text();
  return { status: response.status, ok: response.ok, headers: response.headers, text, elapsed: performance.now() - started };
}

/** The sentence of an error reply, whatever its dialect. */
export function readProblem(reply) {
  const parsed = parse(reply.text);
  const said = parsed?.message ?? parsed?.detail ?? (typeof parsed?.error === "string" ? parsed.error : parsed?.error?.message);
  const hint = reply.status === 401 ? " Type the key at the top of the page." : "";
  const retry = reply.headers.get("Retry-After");
  const again = retry ? ` Try again in ${retry} s.` : "";
  return `${reply.status}: ${said ?? (reply.status === 401 ? "A key is needed." : "The server gave no reason.")}${hint}${again}`;
}

/** Milliseconds by name. */
export function readTimings(headers) {
  const timings = {};
  for (const part of (headers.get("Server-Timing") ?? "").split(",")) {
    const [label, ...fields] = part.trim().split(";");
    const duration = fields.map((field) => field.trim()).find((field) => field.startsWith("dur="));
    if (label && duration) {
      timings[label] = Number(duration.slice(4));
    }
  }
  return timings;
}

export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
