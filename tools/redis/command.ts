/** `node tools/redis/command.ts [FOLDER]`: a Redis at port 6379 of this machine alone, until Ctrl-C; it keeps what it has in the folder. */
import path from 'node:path';
import { provideRedis, startRedis } from './provide.ts';

const folder = path.resolve(process.argv[2] ?? '.weir/redis');
const redis = startRedis(await provideRedis(), { port: 6379, folder, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => redis.kill(signal));
redis.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
