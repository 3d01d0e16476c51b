/** `npm run demo`: one small shop, judged for dev and for prod, and what is different between the two. */
import { processIo } from '../src/cli/io.ts';
import { story } from './demo/story.ts';

process.stdout.write(await story(processIo()));
