/**
 * Tells the stories to Knative Serving's own webhook, controller and autoscaler on a real API server, and writes down
 * what they make of them. Needs what `npm run controlplane` builds.
 *
 *     npm run golden:serving -- [STORY…]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startControlPlane } from '../controlplane/start.ts';
import { GOLDENS } from './goldens.ts';
import { reference } from './reference.ts';
import { STORIES } from './stories.ts';
import { goldenOf } from './tell.ts';

/** Each story waits most of its time. */
const SIDE_BY_SIDE = 5;

const wanted = process.argv.slice(2);
const waiting = STORIES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const cluster = await startControlPlane({ knative: true });
try {
  const { tellStory, stop } = await reference(cluster);
  mkdirSync(GOLDENS, { recursive: true });
  await Promise.all(
    Array.from({ length: SIDE_BY_SIDE }, async () => {
      for (let story = waiting.shift(); story !== undefined; story = waiting.shift()) {
        const { name } = story;
        try {
          const golden = goldenOf(story, await tellStory(story));
          writeFileSync(path.join(GOLDENS, `${name}.json`), `${JSON.stringify(golden)}\n`);
          process.stdout.write(`${name}\n`);
        } catch (error) {
          process.stderr.write(`${name} is not recorded: ${error instanceof Error ? error.message : String(error)}\n`);
          process.exitCode = 1;
        }
      }
    }),
  );
  await stop();
} finally {
  await cluster.stop();
}
