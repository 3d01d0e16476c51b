#!/usr/bin/env node
/**
 * Starts the built program on Node 24. On an older host it starts again under the Node that npm installed beside it,
 * so that `npx --no-install weir` works whatever the machine has.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const NEEDED = 24;
/** Commands that run long and keep little: V8's own measures fit them. */
const STAYS = ['webhook', 'load', 'top'];
/** Commands that start what would hold the process; what one left open that could not start ends with it. */
const STARTS = ['up', 'controller', 'webhook'];
const LEFT_OPEN_MS = 500;
/** In the environment of what was started again. */
const STARTED_AGAIN = 'WEIR_STARTED_AGAIN';
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (Number.parseInt(process.versions.node, 10) < NEEDED) startAgain();
else await start();

function startAgain() {
  const bundled = here('../node_modules/node/bin/node');
  if (!existsSync(bundled)) {
    console.error(`weir needs Node.js ${NEEDED} or newer, and this is ${process.version}`);
    process.exitCode = 2;
    return;
  }
  // what it starts as `node`, as the programs of weir up, is not older than itself
  const PATH = [path.dirname(bundled), process.env.PATH].join(path.delimiter);
  const child = spawn(bundled, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // by the channel it learns that this process is gone, which nothing else tells of one that was killed
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH, [STARTED_AGAIN]: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
}

async function start() {
  if (process.env[STARTED_AGAIN] !== undefined) endWithParent();
  if (!existsSync(here('../dist/weir.js'))) {
    console.error('weir is not built yet; build it with: npm ci');
    process.exitCode = 2;
    return;
  }
  const command = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
  if (command === 'up' || command === 'controller') tuneForKeeping();
  else if (!STAYS.includes(command)) tuneForOneRun();
  const { main } = await import('../dist/weir.js');
  process.exitCode = await main(process.argv.slice(2));
  if (STARTS.includes(command)) setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
}

/** What was started again ends as by Ctrl-C when the process that did it is killed: nobody sees that there is another. */
function endWithParent() {
  delete process.env[STARTED_AGAIN];
  const end = () => process.kill(process.pid, 'SIGINT');
  // it may have gone while this process started
  if (process.connected === false) end();
  process.once('disconnect', end);
  // a command that is done does not wait for it
  process.channel?.unref();
}

function tuneForOneRun() {
  // What V8 made of the program is kept beside it, where the folder can be written: a check of one manifest takes a sixth
  // less. Not in the system's folder for temporary files, where others could have put something else into its place.
  nodeModule.enableCompileCache?.(here('../.cache/compiled'));
  // A check makes much that is dropped at once: with room for it in the young generation, a check of 10,000 Services
  // spends a third less time, and stays below 350 MB. V8 has set its heap up by now, with one megabyte for what is young:
  // it is to grow in one step, not by doubling, for each step on the way copies all that was read so far.
  setFlagsFromString('--max-semi-space-size=64');
  setFlagsFromString('--semi-space-growth-factor=64');
  // What runs for each object runs thousands of times, which V8 takes for worth its slowest compiler, and a check is over
  // before that has paid: a tenth less time on one core without it. The compiler below it does nearly as well.
  setFlagsFromString('--no-turbofan');
}

/**
 * What a platform and its controllers hold stays, and little of what they make lives long: without room for the young
 * generation to grow, 20,000 objects of a platform take 100 MB less, for a seventh more work. `weir controller` gives it
 * some room (src/process/youngGeneration.ts). And V8 lets what is dead pile up by the memory that the machine has, to a
 * multiple of what is kept: at two fifths, a transition of 10,000 schedules peaks at 250 MB and not at 325, for no more
 * work.
 */
function tuneForKeeping() {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=40');
}
