/** What `npm run demo` tells: `weir up`, played step by step. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Io } from '../../src/cli/io.ts';
import { namespaceOf } from '../../src/cli/up/contents.ts';
import { isObject, type JsonObject, type JsonValue, stringAt } from '../../src/kubernetes/json.ts';
import { count } from '../../src/report/result.ts';
import type { Manifest, Played, Player } from './player.ts';
import { SHOP, shopRows } from './shop.ts';
import { quoted, table } from './text.ts';

const EXAMPLES = 'examples/first-look';
const [DEV, PROD] = [namespaceOf('dev'), namespaceOf('prod')];
/** The name of the annotation in which Weir says what it has filled in: an object of JSON pointers. */
const FILLED_IN = 'weir.dev/defaults';
/** Of what is filled in, one of each sort. */
const SHOWN = ['min-scale', 'max-scale', 'securityContext.capabilities.drop'];
/** What the denial of greedy.yaml asks for. */
const MENDS: readonly [wrong: string, right: string][] = [
  ['"500"', '"50"'],
  ['docker.io/someone/greedy:latest', 'registry.example.com/shop/greedy:1.0.0'],
];

export interface Stage {
  readonly player: Player;
  readonly io: Io;
  /** The root of the checkout. */
  readonly root: string;
  /** Where the page goes, part by part. */
  write(part: string): void;
  /** What is under way. */
  tell(what: string): void;
}

/** Plays it, and writes each part when it has happened. @throws where something is not answered as it should be */
export async function play({ player, io, root, write, tell }: Stage): Promise<void> {
  const manifest = (name: string, mends: typeof MENDS = []) => manifestOf(root, `${EXAMPLES}/${name}`, mends);
  const apply = async (namespace: string, what: Manifest, { isRefused = false, isShort = false } = {}) => {
    tell(`${what.file} goes to ${namespace}`);
    const played = await player.apply(namespace, what);
    if (played.isRefused !== isRefused) throw new Error(`this was not to be expected:\n${shown(played)}`);
    return shown(isShort ? withoutWarnings(played) : played);
  };

  write(`Weir on one machine: an API server, a policy for each environment, and ${player.name} to ask.`);

  const hello = manifest('hello.yaml');
  write(`1. A service that says only what its team knows, an image and two probes, goes to dev:

${await apply(DEV, hello)}

${filledInShort(await player.service(DEV, 'hello'))}`);

  write(`2. The same file goes to prod, which lets it in and would have it better:

${await apply(PROD, hello)}`);

  write(`3. A service that could take the whole cluster goes to prod, and is denied:

${await apply(PROD, manifest('greedy.yaml'), { isRefused: true })}`);

  write(`4. The message says what would be right. So done, it is let in:

${await apply(PROD, manifest('greedy.yaml', MENDS), { isShort: true })}

${shown(await player.listServices())}`);

  write(`5. hello.yaml is the same in both environments; what runs there is not:
${table(comparedRows(await player.service(DEV, 'hello'), await player.service(PROD, 'hello')))}`);

  tell(`judging ${SHOP} for dev and for prod`);
  write(`6. The same engine judges files, before anybody applies them. A small shop, by weir check:
${table(await shopRows(io))}`);

  write(`Go on by yourself: npm start brings up the same to stay, and prints what to type. Without a cluster:
${table(COMMANDS)}`);
}

/** With npx --no-install in front. */
const COMMANDS: readonly string[][] = [
  [`npx --no-install weir check ${SHOP} --env prod`, 'every finding'],
  ['npx --no-install weir explain autoscaling/max-scale', 'what a rule is for'],
  [`npx --no-install weir explain ${SHOP}/order.yaml --env prod`, 'who decided each value'],
  [`npx --no-install weir render ${SHOP} --env prod --fix --knative`, 'as the cluster runs it'],
];

function manifestOf(root: string, file: string, mends: typeof MENDS): Manifest {
  let text = readFileSync(path.join(root, file), 'utf8');
  for (const [wrong, right] of mends) {
    if (!text.includes(wrong)) throw new Error(`${file} no longer has ${wrong}`);
    text = text.replace(wrong, right);
  }
  return { file, text, changes: mends.map(([wrong, right]) => `s#${wrong}#${right}#`) };
}

function shown({ typed, output }: Played): string {
  const [first = '', ...more] = typed.split('\n');
  return [`  $ ${first}`, ...more.map((line) => `  ${line}`), quoted(output)].join('\n');
}

/** Warnings that the reader has seen. */
function withoutWarnings(played: Played): Played {
  const lines = played.output.trimEnd().split('\n');
  const rest = lines.filter((line) => !line.startsWith('Warning: '));
  return { ...played, output: [`(${count(lines.length - rest.length, 'warning')})`, ...rest].join('\n') };
}

function filledInShort(object: JsonObject): string {
  const all = filledIn(object);
  const rows = SHOWN.map((name) => [name, all.get(name) ?? '-']);
  return `Dev's policy has filled in ${count(all.size, 'value')} that the file does not have, among them:
${table(rows)}`;
}

function comparedRows(dev: JsonObject, prod: JsonObject): string[][] {
  const [left, right] = [filledIn(dev), filledIn(prod)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  const rows = names.map((name) => [name, left.get(name) ?? '-', right.get(name) ?? '-']);
  return [['', 'dev', 'prod'], ...rows.filter(([, one, other]) => one !== other)];
}

/** By names that are short and still tell. */
function filledIn(object: JsonObject): Map<string, string> {
  const written: JsonValue = JSON.parse(stringAt(object, 'metadata', 'annotations', FILLED_IN) ?? '{}');
  const values = new Map<string, string>();
  for (const [pointer, value] of Object.entries(isObject(written) ? written : {})) {
    values.set(shortName(pointer), typeof value === 'string' ? value : JSON.stringify(value));
  }
  return values;
}

/** `/spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale` is max-scale. */
function shortName(pointer: string): string {
  const parts = pointer.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const annotation = parts.at(-1)?.split('/')[1];
  if (annotation !== undefined) return annotation;
  const from = parts.findIndex((part) => part === 'resources' || part === 'securityContext');
  return parts.slice(from < 0 ? -1 : from).join('.');
}
