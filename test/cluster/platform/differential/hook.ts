/** A webhook on this machine that does what the path says, and remembers what it was asked. */
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import type { Pair } from '../../../../src/tls/x509.ts';

export interface Hook {
  readonly port: number;
  /** The requests of the reviews under a path that begins so, in order. */
  asked(prefix: string): JsonValue[];
  close(): Promise<void>;
}

const SLOW_MS = 3000;

type Verdict = Readonly<Record<string, JsonValue>> | 'slow' | 'broken' | 'garbage';

/** What each path answers, beside the uid. */
const VERDICTS: Readonly<Record<string, (object: JsonObject | undefined) => Verdict>> = {
  allow: () => ({ allowed: true }),
  warn: () => ({ allowed: true, warnings: ['first warning', 'second\nwarning'] }),
  deny: () => ({ allowed: false, status: { message: 'not today' } }),
  'deny-silently': () => ({ allowed: false }),
  'deny-with-code': () => ({
    allowed: false,
    status: { code: 422, reason: 'Invalid', message: 'unfit', details: { causes: [{ field: 'data' }] } },
  }),
  label: () => patched([{ op: 'add', path: '/metadata/labels', value: { labelled: 'yes' } }]),
  'label-once': (object) =>
    objectAt(object, 'metadata', 'labels')?.once === undefined
      ? patched([
          { op: 'add', path: '/metadata/labels', value: { ...objectAt(object, 'metadata', 'labels'), once: 'yes' } },
        ])
      : { allowed: true },
  count: (object) => {
    const seen = Number(stringAt(object, 'metadata', 'annotations', 'seen') ?? '0') + 1;
    const annotations = { ...objectAt(object, 'metadata', 'annotations'), seen: String(seen) };
    return patched([{ op: 'add', path: '/metadata/annotations', value: annotations }]);
  },
  misplaced: () => patched([{ op: 'replace', path: '/no/where', value: 1 }]),
  invalid: () => patched([{ op: 'add', path: '/data', value: { 'bad key': 'x' } }]),
  'without-type': () => ({ allowed: true, patch: Buffer.from('[]').toString('base64') }),
  slow: () => 'slow',
  broken: () => 'broken',
  garbage: () => 'garbage',
};

export const PATHS = Object.keys(VERDICTS);

function patched(operations: JsonValue): Verdict {
  return { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') };
}

export function startHook({ certificate, key }: Pair): Promise<Hook> {
  const asked: { path: string; request: JsonValue }[] = [];
  const server = createServer({ cert: certificate, key }, (request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const review: JsonValue = JSON.parse(text);
      const [path = ''] = (request.url ?? '').split('?');
      asked.push({ path, request: objectAt(review, 'request') ?? null });
      answer(path, review, response);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: unknown = server.address();
      resolve({
        port: isObject(address) && typeof address.port === 'number' ? address.port : 0,
        asked: (prefix) => asked.filter(({ path }) => path.startsWith(prefix)).map(({ request }) => request),
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function answer(path: string, review: JsonValue, response: ServerResponse): void {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const verdict = VERDICTS[name]?.(objectAt(review, 'request', 'object')) ?? 'broken';
  response.setHeader('content-type', 'application/json');
  if (verdict === 'slow') {
    setTimeout(() => response.end('{}'), SLOW_MS);
    return;
  }
  if (verdict === 'broken') response.statusCode = 500;
  if (verdict === 'broken' || verdict === 'garbage') {
    response.end('this is no review');
    return;
  }
  const uid = stringAt(review, 'request', 'uid') ?? '';
  response.end(
    JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, ...verdict } }),
  );
}
