/** Which folder may import which: the arrows of CONTRIBUTING.md, read from the imports themselves. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = path.resolve('src');

/** Each folder of src with those that it may import. A new folder gets a line here. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  text: [],
  kubernetes: ['text'],
  cel: ['kubernetes', 'text'],
  schedule: ['kubernetes', 'text'],
  cloudevents: [],
  rollout: ['schedule', 'knative', 'kubernetes', 'text'],
  knative: ['kubernetes', 'text'],
  policy: ['cel', 'rollout', 'schedule', 'knative', 'kubernetes', 'text'],
  guardrails: ['policy', 'knative', 'kubernetes', 'text'],
  tls: [],
  signals: [],
  platform: ['cel', 'cloudevents', 'tls', 'knative', 'kubernetes', 'text'],
  report: ['policy', 'knative', 'kubernetes', 'text'],
  process: ['policy', 'kubernetes', 'signals', 'text'],
  audit: ['guardrails', 'policy', 'knative', 'kubernetes'],
  doctor: ['policy', 'schedule', 'knative', 'kubernetes', 'text'],
  simulate: ['knative'],
  cli: [
    'audit',
    'cloudevents',
    'doctor',
    'guardrails',
    'platform',
    'report',
    'policy',
    'rollout',
    'schedule',
    'signals',
    'simulate',
    'knative',
    'kubernetes',
    'text',
  ],
};

/** What stays up, and the one file that loads it when it is asked for: `weir webhook` and `weir controller`. It imports src. */
const DOORS = [
  { folder: 'cli/webhook/', from: 'cli/webhook/server.ts', to: '../webhooks/' },
  { folder: 'cli/controller/', from: 'cli/controller/server.ts', to: '../controllers/' },
] as const;
/** What those doors share, and the command line never loads: it holds their packages. */
const SHARED_BY_DOORS = 'process/';
const PACKAGES_OF_DOORS = ['express', 'pino', 'prom-client', 'cloudevents'];

/** What the engine is made of beside other folders: its own files, the shape of policies, and how names are matched. */
const ENGINE_MAY_IMPORT = ['policy/engine/', 'policy/model/', 'policy/pattern.ts', 'knative/', 'kubernetes/', 'text/'];

/** Folders that are about the machine itself. */
const REACH_THE_WORLD = ['cli', 'platform', 'tls', 'process'];
/** What judges must not reach the world: only these files of src, outside of those folders, may import Node's I/O. */
const READERS = ['policy/load/load.ts', 'policy/test/load.ts'];
/** Talks to an API server; the doors hand what it brings to those that judge, who may not import it. */
const CLIENT = 'kubernetes/client/';
const IO = /^node:(fs|fs\/promises|child_process|net|http|https|dns|tls|worker_threads|process|os)$/;

/** The folders of the embedded API server, each with those whose values it may use, and those that it knows as types. */
const SERVER = 'platform/apiserver/';
const SERVER_MAY_IMPORT: Readonly<
  Record<string, { readonly value: readonly string[]; readonly type: readonly string[] }>
> = {
  status: { value: [], type: [] },
  schemas: { value: ['status'], type: [] },
  store: { value: ['status'], type: [] },
  patch: { value: ['schemas', 'status'], type: ['resources'] },
  resources: { value: ['schemas', 'status'], type: ['store'] },
  tables: { value: [], type: ['resources'] },
  auth: { value: ['status'], type: ['store'] },
  admission: { value: ['patch', 'status'], type: ['auth', 'resources', 'store'] },
  objects: { value: ['auth', 'patch', 'resources', 'schemas', 'status'], type: ['admission', 'store'] },
  lifecycle: { value: ['auth', 'objects', 'status'], type: ['resources', 'store'] },
  http: { value: ['auth', 'objects', 'resources', 'schemas', 'status'], type: ['store', 'tables'] },
};

/** `import … from`, `export … from` and `import(…)`. */
const STATEMENT = /^(?:import|export)\s+(type\s)?([^;']*?)from\s+'([^']+)'|\bimport\('([^']+)'\)/gm;

interface Import {
  /** Relative to src, for files of ours; the name of the package otherwise. */
  readonly target: string;
  readonly isOurs: boolean;
  /** Gone after compilation, so that it makes no circle. */
  readonly isType: boolean;
}

const files = sourceFiles(ROOT);
const imports = new Map(files.map((file) => [file, importsOf(file)]));

describe('the arrows between folders', () => {
  it('finds the files that it is about', () => {
    expect(files.length).toBeGreaterThan(200);
    expect([...new Set(files.map(folderOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
    expect(importsIn('policy/engine/judge.ts')).toContain('kubernetes/json.ts');
    expect(importsIn('cli/main.ts')).toContain('cli/commands/check.ts');
  });

  it.each(Object.entries(MAY_IMPORT))('%s imports nothing but itself and %j', (folder, allowed) => {
    const wrong = arrows(
      (file) => folderOf(file) === folder,
      ({ target, isOurs }) => isOurs && folderOf(target) !== folder && !allowed.includes(folderOf(target)),
    ).filter((arrow) => !DOORS.some(({ folder: from, to }) => arrow.startsWith(from) && arrow.includes(` -> ${to}`)));
    expect(wrong).toEqual([]);
  });

  it.each(DOORS)('$to is loaded in one place alone, and only when it is to run', ({ from, to }) => {
    const loads = arrows(
      () => true,
      ({ target, isType }) => target.startsWith(to) && !isType,
    );
    expect(loads).toEqual([`${from} -> ${to}main.ts`]);
    const text = readFileSync(path.join(ROOT, from), 'utf8');
    expect(text).not.toMatch(/^import (?!type )[^;]*(webhooks|controllers)\//m);
  });

  it('what stays up shares is loaded by it alone, with its packages', () => {
    expect(importsIn('process/log.ts')).toContain('pino');
    const wrong = arrows(
      (file) => !file.startsWith(SHARED_BY_DOORS),
      ({ target, isType }) => !isType && (target.startsWith(SHARED_BY_DOORS) || PACKAGES_OF_DOORS.includes(target)),
    );
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(SERVER_MAY_IMPORT))(
    '%s of the API server imports nothing but itself and %j',
    (folder, may) => {
      const wrong = arrows(
        (file) => file.startsWith(`${SERVER}${folder}/`),
        ({ target, isType }) => {
          const [other = '', inside] = target.startsWith(SERVER) ? target.slice(SERVER.length).split('/') : [];
          if (inside === undefined || other === folder || may.value.includes(other)) return false;
          return !isType || !may.type.includes(other);
        },
      );
      expect(wrong).toEqual([]);
    },
  );

  it('knows every folder of the API server, which only weir up starts', () => {
    const folders = files.filter((file) => file.startsWith(SERVER)).map((file) => file.slice(SERVER.length).split('/'));
    const names = new Set(folders.flatMap(([name = '', inside]) => (inside === undefined ? [] : [name])));
    expect([...names].sort()).toEqual(Object.keys(SERVER_MAY_IMPORT).sort());
    const starts = arrows(
      () => true,
      ({ target }) => target === `${SERVER}start.ts`,
    );
    expect([...new Set(starts)]).toEqual([`cli/up/embedded.ts -> ${SERVER}start.ts`]);
  });

  it('the engine imports no door, no rule and no loader', () => {
    const wrong = arrows(
      (file) => file.startsWith('policy/engine/'),
      ({ target }) => !ENGINE_MAY_IMPORT.some((start) => target.startsWith(start)),
    );
    expect(wrong).toEqual([]);
  });

  it('no rule imports what fills in, but for the kinds that are filled', () => {
    const wrong = arrows(
      (file) => file.startsWith('policy/rules/'),
      ({ target }) => target.startsWith('policy/defaults/') && target !== 'policy/defaults/filledKinds.ts',
    );
    expect(wrong).toEqual([]);
  });

  it('only the command line, the platform, the client and the readers of policy files touch the disk, the network and other programs', () => {
    const wrong = arrows(
      (file) => !REACH_THE_WORLD.includes(folderOf(file)) && !file.startsWith(CLIENT) && !READERS.includes(file),
      ({ target }) => IO.test(target),
    );
    expect(wrong).toEqual([]);
  });

  it('only the command line imports the client', () => {
    expect(importsIn(`${CLIENT}listWatch.ts`)).toContain(`${CLIENT}client.ts`);
    const wrong = arrows(
      (file) => folderOf(file) !== 'cli' && !file.startsWith(CLIENT),
      ({ target }) => target.startsWith(CLIENT),
    );
    expect(wrong).toEqual([]);
  });

  it('nothing loads the whole of @kubernetes/client-node, which takes 85 MB', () => {
    const wrong = arrows(
      () => true,
      ({ target, isType }) =>
        !isType &&
        target.startsWith('@kubernetes/client-node') &&
        !target.endsWith('/dist/config_types.js') &&
        !target.endsWith('/dist/exec_auth.js'),
    );
    expect(wrong).toEqual([]);
  });

  it('no file leads back to itself', () => {
    expect(circles()).toEqual([]);
  });
});

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

function folderOf(file: string): string {
  return file.slice(0, file.indexOf('/'));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return [...text.matchAll(STATEMENT)].map(([, type, names = '', from, loaded]) => {
    const source = from ?? loaded ?? '';
    const isOurs = source.startsWith('.');
    return {
      target: isOurs ? path.posix.join(path.posix.dirname(file), source) : source,
      isOurs,
      isType: type !== undefined || areTypes(names),
    };
  });
}

/** True for `{ type Kind, type Rule }`. */
function areTypes(names: string): boolean {
  const inner = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1];
  const all = inner?.split(',').filter((name) => name.trim() !== '') ?? [];
  return all.length > 0 && all.every((name) => name.trim().startsWith('type '));
}

function importsIn(file: string): string[] {
  return (imports.get(file) ?? []).map(({ target }) => target);
}

function arrows(isFrom: (file: string) => boolean, isWrong: (each: Import) => boolean): string[] {
  return files
    .filter(isFrom)
    .flatMap((file) => (imports.get(file) ?? []).filter(isWrong).map(({ target }) => `${file} -> ${target}`));
}

/** Each circle of imports once, as the files on it. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) {
      found.push([...way.slice(way.indexOf(file)), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const { target, isOurs, isType } of imports.get(file) ?? []) {
      if (isOurs && !isType) visit(target, [...way, file]);
    }
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}
