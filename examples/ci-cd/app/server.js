// The team's program: what the pipeline builds, tests and deploys.
import { createServer } from 'node:http';
import { greeting } from './greeting.js';

createServer((_request, response) => response.end(`${greeting(process.env.GREETING)}\n`)).listen(
  Number(process.env.PORT ?? 8080),
  process.env.HOST ?? '0.0.0.0',
);
process.on('SIGTERM', () => process.exit(0));
