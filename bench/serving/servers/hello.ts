/** What a Service of the bench runs: it answers at $PORT, after $MILLISECONDS. */
import { createServer } from 'node:http';

const { PORT = '8080', MILLISECONDS = '0' } = process.env;

const server = createServer((_request, response) => {
  if (MILLISECONDS === '0') response.end('hello\n');
  else setTimeout(() => response.end('hello\n'), Number(MILLISECONDS));
});
server.keepAliveTimeout = 60_000;
server.listen({ port: Number(PORT), host: '127.0.0.1', backlog: 1024 });
process.on('SIGTERM', () => process.exit(0));
