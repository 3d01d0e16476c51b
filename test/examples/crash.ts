/**
 * Loaded into the orchestrator of examples/saga by NODE_OPTIONS, it ends the process as `kill -9` does, just before and just
 * after each transaction in which an event of an order `kill-…` is taken: once for each event and place, which files in
 * $CRASHES remember.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';

const { CRASHES = '' } = process.env;
const TAKE = 'INSERT INTO inbox';

let taken = '';

function crash(place: string): void {
  const file = path.join(CRASHES, `${taken} ${place}`);
  if (existsSync(file)) return;
  writeFileSync(file, '');
  process.kill(process.pid, 'SIGKILL');
  // the signal is on its way: nothing is to happen any more
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function watch(): void {
  mkdirSync(CRASHES, { recursive: true });
  const run = StatementSync.prototype.run;
  StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
    if (this.sourceSQL.startsWith(TAKE)) taken = String(values[1]);
    return run.apply(this, values);
  } as typeof run;

  const exec = DatabaseSync.prototype.exec;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
    const isTaking = sql === 'COMMIT' && taken.startsWith('kill-');
    if (isTaking) crash('before');
    exec.call(this, sql);
    if (isTaking) crash('after');
    if (sql === 'BEGIN IMMEDIATE') taken = '';
  };
}

if (process.argv[1]?.endsWith('orchestrator.ts')) watch();
