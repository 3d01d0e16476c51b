// A service as Knative runs it: it listens where $PORT says, and ends in order when it is asked to.
import { createServer } from 'node:http';

const { PORT = '8080', TARGET = 'World', K_REVISION = 'no revision' } = process.env;

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://hello');
  // ?sleep=200 takes 200 milliseconds, so that load can be tried
  await new Promise((resolve) => setTimeout(resolve, Number(url.searchParams.get('sleep') ?? 0)));
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`Hello ${TARGET}! (${K_REVISION})\n`);
});

server.listen(Number(PORT), '127.0.0.1', () => process.stdout.write(`listening on ${PORT}\n`));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
