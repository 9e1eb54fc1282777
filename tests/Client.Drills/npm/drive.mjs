// Runs one client against a gateway: `node drive.mjs CLIENT`, with { target, key, calls: [{ query, documents, topN, returnDocuments, headers }] } on
// standard input. Prints what the client returned or threw for each call, and what went over the wire.
import { text } from 'node:stream/consumers';
import { startProxy } from './proxy.mjs';

const { target, key, calls } = JSON.parse(await text(process.stdin));
const { create } = await import(`./clients/${process.argv[2]}.mjs`);
const proxy = await startProxy(target);
const answers = [];
try {
  for (const call of calls) {
    try {
      answers.push({ ranking: await create({ url: proxy.url, key, headers: call.headers ?? {} })(call) });
    } catch (error) {
      const cause = error.lastError ?? error;
      answers.push({
        error: error.constructor.name, cause: cause.constructor.name, status: cause.statusCode ?? cause.status ?? null, message: error.message,
      });
    }
  }
} finally { proxy.stop(); }
// Clients keep connections open; the end does not wait for them, but for what was written.
process.stdout.write(JSON.stringify({ answers, exchanges: proxy.exchanges }), () => process.exit(0));
