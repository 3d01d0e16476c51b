/** `images` of weir.yaml: which program runs where a manifest names an image. */
import path from 'node:path';
import { isArray, isObject, type JsonValue } from '../../kubernetes/json.ts';
import { join, pointer } from '../../kubernetes/pointer.ts';
import { didYouMean } from '../../text/nearest.ts';

export interface ImageEntry {
  /** As `images.registries` of a policy: `registry.example.com/shop/*`. */
  readonly pattern: string;
  readonly command: readonly string[];
  /** Absolute; `{name}` may be in it. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What a manifest's probes and hooks may run, word for word. */
  readonly exec: readonly (readonly string[])[];
}

/** Takes what is wrong, and where; as `key` where the name of a field is meant. */
export type Refuse = (at: string, message: string, what?: 'key' | 'value') => void;

const FIELDS = ['command', 'cwd', 'env', 'exec'];
const EXAMPLE = '{command: [node, "services/{name}/server.js"]}';
/** Filled in with the last part of the image's path. */
export const NAME_HOLE = '{name}';
const HOLE = /\{([A-Za-z_]+)\}/g;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function readImages(value: JsonValue | undefined, folder: string, refuse: Refuse): ImageEntry[] {
  if (value === undefined) return [];
  if (!isObject(value)) {
    refuse('/images', `images must be a mapping of patterns to programs, such as "registry.example.com/*": ${EXAMPLE}`);
    return [];
  }
  return Object.entries(value).map(([pattern, entry]) => {
    const at = pointer('images', pattern);
    checkPattern(pattern, at, refuse);
    return readEntry(pattern, entry ?? null, at, folder, refuse);
  });
}

function checkPattern(pattern: string, at: string, refuse: Refuse): void {
  if (pattern === '' || /\s/.test(pattern)) {
    refuse(at, 'a pattern of images names them as manifests do, such as registry.example.com/shop/*', 'key');
  } else if (pattern.includes('@')) {
    refuse(at, `"${pattern}" names a digest, and a program stands for all versions of an image; leave it out`, 'key');
  }
}

function readEntry(pattern: string, value: JsonValue, at: string, folder: string, refuse: Refuse): ImageEntry {
  const nothing = { pattern, command: [], cwd: folder, env: {}, exec: [] };
  if (!isObject(value)) {
    refuse(at, `an image is a mapping of ${FIELDS.join(', ')}, such as ${EXAMPLE}`);
    return nothing;
  }
  for (const key of Object.keys(value)) {
    if (FIELDS.includes(key)) continue;
    const hint = didYouMean(key, FIELDS);
    refuse(join(at, key), `unknown field "${key}"${hint === '' ? `; there are ${FIELDS.join(', ')}` : hint}`, 'key');
  }
  if (value.command === undefined) refuse(at, `an image needs a command, such as ${EXAMPLE}`);
  return {
    pattern,
    command: readCommand(value.command, join(at, 'command'), refuse),
    cwd: path.resolve(folder, readFolder(value.cwd, join(at, 'cwd'), refuse)),
    env: readEnvironment(value.env, join(at, 'env'), refuse),
    exec: readExec(value.exec, join(at, 'exec'), refuse),
  };
}

function readCommand(value: JsonValue | undefined, at: string, refuse: Refuse): string[] {
  if (value === undefined) return [];
  if (!isArray(value) || value.length === 0) {
    refuse(at, 'a command is a list of the program and its arguments, such as [node, server.js]; no shell reads it');
    return [];
  }
  return value.map((word, index) => readText(word, join(at, index), refuse));
}

function readFolder(value: JsonValue | undefined, at: string, refuse: Refuse): string {
  if (value === undefined) return '.';
  if (value === '') refuse(at, 'cwd is the path of a folder, relative to weir.yaml');
  return readText(value, at, refuse);
}

function readEnvironment(value: JsonValue | undefined, at: string, refuse: Refuse): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) {
    refuse(at, 'env must be a mapping of names to texts, such as {LOG_LEVEL: debug}');
    return {};
  }
  const found: [string, string][] = [];
  for (const [name, text] of Object.entries(value)) {
    if (!VARIABLE.test(name)) refuse(join(at, name), `"${name}" is no name of a variable, such as LOG_LEVEL`, 'key');
    found.push([name, readText(text ?? null, join(at, name), refuse)]);
  }
  return Object.fromEntries(found);
}

function readExec(value: JsonValue | undefined, at: string, refuse: Refuse): string[][] {
  if (value === undefined) return [];
  if (!isArray(value)) {
    refuse(at, 'exec must be a list of commands that probes and hooks may run, such as [[node, health.js]]');
    return [];
  }
  return value.map((command, index) => readCommand(command, join(at, index), refuse));
}

function readText(value: JsonValue, at: string, refuse: Refuse): string {
  if (typeof value !== 'string') {
    refuse(at, 'must be a text; put what YAML takes for a number or a yes into quotes');
    return '';
  }
  if (value.includes('\0')) refuse(at, 'must not have a zero byte in it, which no program can be given');
  for (const [hole, name = ''] of value.matchAll(HOLE)) {
    if (hole === NAME_HOLE) continue;
    const hint = didYouMean(name, ['name']);
    refuse(at, `${hole} is filled in with nothing${hint === '' ? `; there is ${NAME_HOLE} alone` : hint}`);
  }
  return value;
}
