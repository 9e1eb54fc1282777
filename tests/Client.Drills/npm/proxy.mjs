// Stands between a client and the gateway, changes nothing, and remembers what went by.
import { createServer, request } from 'node:http';

export const startProxy = async target => {
  const exchanges = [];
  const server = createServer((incoming, outgoing) => {
    const chunks = [];
    incoming.on('data', chunk => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const onward = request(new URL(incoming.url, target), { method: incoming.method, headers: incoming.headers }, reply => {
        exchanges.push({
          method: incoming.method, path: incoming.url, authorization: incoming.headers.authorization ?? null,
          status: reply.statusCode, retryAfter: reply.headers['retry-after'] ?? null,
        });
        outgoing.writeHead(reply.statusCode, reply.headers);
        reply.pipe(outgoing);
      });
      onward.on('error', error => outgoing.destroy(error));
      onward.end(body);
    });
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, exchanges, stop: () => { server.close(); server.closeAllConnections(); } };
};
