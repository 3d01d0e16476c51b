/** What gcr.io/knative-samples/helloworld-go does, in a few lines: it greets $TARGET at $PORT, and ends when it is asked to. */
import { createServer } from 'node:http';

const { PORT = '8080', TARGET = 'World', K_REVISION = '' } = process.env;

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  // by this header weir load tells which Revision answered
  response.setHeader('k-revision', K_REVISION);
  response.end(`Hello ${TARGET}!\n`);
});
server.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
