/** What runs in the process of an Evaluator, as texts: it is given to Node, and nothing else of Weir is there. */

import { MOST_BYTES } from '../send.ts';

/** Characters: what has more is no event that is taken. */
const MOST_JSON = MOST_BYTES;
const MOST_TEXT = 2000;

/** Ends with this process, also where that is killed: an expression may keep its thread, and never this one. */
export const PROGRAM = `
const { Worker } = require('node:worker_threads');
const [library, megabytes, program] = process.argv.slice(1);
process.on('disconnect', () => process.exit());
// a terminal sends Ctrl-C to all of its processes: the platform says when this one ends
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
const worker = new Worker(program, {
  eval: true,
  workerData: { library },
  env: {},
  resourceLimits: { maxOldGenerationSizeMb: Number(megabytes), stackSizeMb: 4 },
});
worker.on('message', (message) => process.send(message));
worker.on('error', () => process.exit(1));
process.on('message', (message) => worker.postMessage(message));
`;

/** Says that it is ready. Then each event alone, and each expression read once; what it makes leaves it as a text that has its bounds here. */
export const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const jsonata = require(workerData.library);
const known = new Map();
function read(text) {
  const found = known.get(text) ?? jsonata(text);
  if (known.size > 10) known.clear();
  known.set(text, found);
  return found;
}
function contentTypeOf(made) {
  if (made.contenttype) {
    const text = String(made.contenttype);
    if (text.length > ${MOST_TEXT}) throw new Error('contenttype has more than ${MOST_TEXT} characters');
    return text;
  }
  return 'specversion' in made ? 'application/cloudevents+json' : 'application/json';
}
parentPort.postMessage({ isReady: true });
parentPort.on('message', async ({ number, expression, input }) => {
  try {
    const readable = read(expression);
    if (input === undefined) return parentPort.postMessage({ number, json: '{}', contentType: '' });
    const made = await readable.evaluate(JSON.parse(input));
    if (typeof made !== 'object' || made === null) {
      const what = made === undefined ? 'nothing' : made === null ? 'null' : 'a ' + typeof made;
      throw new Error('the expression gives ' + what + ' for this event, and must give an object or an array');
    }
    const json = JSON.stringify(made);
    if (json.length > ${MOST_JSON}) throw new Error('the expression gives more than ${MOST_JSON} characters of JSON');
    parentPort.postMessage({ number, json, contentType: contentTypeOf(made) });
  } catch (error) {
    const place = typeof error?.position === 'number' ? ' at character ' + error.position : '';
    parentPort.postMessage({ number, problem: String(error?.message ?? error).slice(0, ${MOST_TEXT}) + place });
  }
});
`;
