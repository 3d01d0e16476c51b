/**
 * The numbers by which Kubernetes' types name their fields in Protocol Buffers, from the .proto files beside the types,
 * into src/platform/apiserver/http/protobuf/. Needs Go, whose modules they are read from. With --check nothing is
 * written, and a difference is an error.
 *
 *     npm run generate:protobuf
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { go, needGo } from '../controlplane/build/go.ts';
import { writeGenerated } from '../generate/generated.ts';

const FILE = 'src/platform/apiserver/http/protobuf/fields.generated.ts';
/** Whose kinds are served and written by typed clients. */
const API = [
  'core/v1',
  'admissionregistration/v1',
  'apps/v1',
  'authentication/v1',
  'authorization/v1',
  'autoscaling/v1',
  'autoscaling/v2',
  'batch/v1',
  'coordination/v1',
  'discovery/v1',
  'events/v1',
  'networking/v1',
  'node/v1',
  'policy/v1',
  'rbac/v1',
  'scheduling/v1',
  'storage/v1',
];
const MACHINERY = ['apis/meta/v1', 'api/resource', 'runtime', 'util/intstr'];

const SCALARS: Readonly<Record<string, string>> = {
  string: 's',
  bytes: 'y',
  bool: 'b',
  int32: 'i',
  int64: 'i',
  uint32: 'i',
  double: 'd',
};

await needGo('to read the types of Kubernetes');
const api = await folderOf('k8s.io/api');
const machinery = await folderOf('k8s.io/apimachinery');
const folders = [
  ...API.map((each) => path.join(api, each)),
  ...MACHINERY.map((each) => path.join(machinery, 'pkg', each)),
];

const messages = new Map<string, string>();
for (const folder of folders) readProto(folder);
const lines = [...messages]
  .sort(([left], [right]) => (left < right ? -1 : 1))
  .map(([name, fields]) => `  '${name}': '${fields}',`);
writeGenerated(
  FILE,
  `/**
 * From the generated.proto files of k8s.io/api and k8s.io/apimachinery v0.36.3 by tools/protobuf-fields: of each message
 * its fields as \`<number> <name> <type>\`. Types: s text, y bytes, b whether, i a whole number, d a number, else the name
 * of a message; \`*\` before one is a list of it, \`%\` a map of texts to it. A name with \`^\` stands for its members: in JSON
 * they are members of what it is a field of.
 */
export const MESSAGES: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`,
  'npm run generate:protobuf',
);

async function folderOf(module: string): Promise<string> {
  const cwd = path.join(import.meta.dirname, '../go-shapes');
  await go(['mod', 'download', module], { cwd });
  return (await go(['list', '-m', '-f', '{{.Dir}}', module], { cwd })).trim();
}

function readProto(folder: string): void {
  const text = readFileSync(path.join(folder, 'generated.proto'), 'utf8');
  const inlined = inlineFields(folder);
  const own = /^package (.*);$/m.exec(text)?.[1] ?? '';
  for (const [, message = '', body = ''] of text.matchAll(/^message (\w+) \{\n(.*?)^\}/gms)) {
    const fields: string[] = [];
    for (const line of body.split('\n')) {
      const [, label, type = '', name = '', number = ''] =
        /^ {2}(?:(optional|repeated|required) )?(map<string, [^>]+>|[\w.]+) (\w+) = (\d+)/.exec(line) ?? [];
      if (number === '') continue;
      const mapped = /^map<string, (.*)>$/.exec(type)?.[1];
      const prefix = mapped !== undefined ? '%' : label === 'repeated' ? '*' : '';
      const mark = inlined.has(`${message}.${name}`) ? '^' : '';
      fields.push(`${number} ${mark}${name} ${prefix}${typeOf(mapped ?? type, own)}`);
    }
    messages.set(short(`${own}.${message}`), fields.join(','));
  }
}

function typeOf(type: string, own: string): string {
  const scalar = SCALARS[type];
  if (scalar !== undefined) return scalar;
  return short(type.startsWith('.') ? type.slice(1) : `${own}.${type}`);
}

/** `core.v1.Pod`, `meta.v1.ObjectMeta`. */
function short(name: string): string {
  return name
    .replace('k8s.io.apimachinery.pkg.apis.', '')
    .replace('k8s.io.apimachinery.pkg.', '')
    .replace('k8s.io.api.', '');
}

/** Fields that Go embeds: `Volume.volumeSource`. */
function inlineFields(folder: string): Set<string> {
  const found = new Set<string>();
  const file = path.join(folder, 'types.go');
  if (!existsSync(file)) return found;
  let struct = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    struct = /^type (\w+) struct \{/.exec(line)?.[1] ?? struct;
    const name = /json:",inline" +protobuf:"[^"]*name=(\w+)"/.exec(line)?.[1];
    if (name !== undefined) found.add(`${struct}.${name}`);
  }
  return found;
}
