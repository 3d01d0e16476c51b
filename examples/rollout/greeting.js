/** Greets at $PORT. $FAILING of a hundred answers are 500, and each takes $SLOW milliseconds. It ends when it is asked to. */
import { createServer } from 'node:http';

const { PORT = '8080', VERSION = '1', FAILING = '0', SLOW = '0', K_REVISION = '' } = process.env;

const server = createServer((_request, response) => {
  setTimeout(() => {
    const isBad = Math.random() * 100 < Number(FAILING);
    response.statusCode = isBad ? 500 : 200;
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    // by this header weir load tells which Revision answered
    response.setHeader('k-revision', K_REVISION);
    response.end(isBad ? 'Oh no\n' : `Hello from version ${VERSION}\n`);
  }, Number(SLOW));
});
server.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
