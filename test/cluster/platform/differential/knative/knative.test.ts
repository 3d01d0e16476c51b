/** The same objects written to the embedded API server and to one with Knative, in namespaces of no environment. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type JsonObject, stringAt } from '../../../../../src/kubernetes/json.ts';
import { startApiServer } from '../../../../../src/platform/apiserver/start.ts';
import { knativeServingCrds } from '../../../../../src/platform/crds/knative.ts';
import { knativeValidation } from '../../../../../src/platform/knative/validation.ts';
import { type ControlPlane, controlPlaneAt } from '../../../../../tools/controlplane/controlPlane.ts';
import { createAll } from '../../../../../tools/controlplane/kubernetes/create.ts';
import { cluster, freshNamespace } from '../../../harness/cluster.ts';
import type { Case } from './cases/builders.ts';
import { cases } from './cases/index.ts';

const { kubectlBinary } = cluster();
const folder = mkdtempSync(path.join(tmpdir(), 'weir-knative-'));
let embedded: ControlPlane;
let stop: () => Promise<void>;

beforeAll(async () => {
  const server = await startApiServer({ folder, validators: [knativeValidation] });
  stop = () => server.close();
  embedded = controlPlaneAt({ ...server, server: server.url, folder, kubectlBinary });
  await createAll(embedded, await knativeServingCrds());
});

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Verdict {
  readonly status: number;
  readonly words: string;
}

const PLURALS: Readonly<Record<string, string>> = { DomainMapping: 'domainmappings' };

async function verdictOn({ object, change }: Case, controlPlane: ControlPlane): Promise<Verdict> {
  const { api } = controlPlane;
  const namespace = await freshNamespace(controlPlane);
  const kind = stringAt(object, 'kind') ?? '';
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`;
  const all = `/apis/${stringAt(object, 'apiVersion')}/namespaces/${namespace}/${plural}`;
  let { status, body } = await api.ask('POST', all, object);
  if (change !== undefined) {
    expect([status, body]).toEqual([201, expect.anything()]);
    ({ status, body } = await api.ask('PATCH', placeOf(all, object), change, 'application/merge-patch+json'));
  }
  const words = status < 300 ? '' : (stringAt(body, 'message') ?? '');
  return { status, words: words.replaceAll(namespace, 'its namespace') };
}

function placeOf(all: string, object: JsonObject): string {
  return `${all}/${stringAt(object, 'metadata', 'name')}`;
}

describe("Knative's refusals where no Knative runs", () => {
  it.each(cases)('$name', async (each) => {
    const [ours, theirs] = await Promise.all([verdictOn(each, embedded), verdictOn(each, cluster())]);
    const { change, refusal, differs, letThrough } = each;
    const taken = { status: change === undefined ? 201 : 200, words: '' };
    const refused = { status: 400, words: expect.stringContaining(refusal ?? '') };
    expect(theirs).toEqual(refusal === undefined ? taken : refused);
    expect(ours).toEqual(refusal === undefined || letThrough !== undefined ? taken : refused);
    if (differs === undefined && letThrough === undefined) expect(ours).toEqual(theirs);
    else expect(ours).not.toEqual(theirs);
  });

  it('differ from those of Knative for reasons that stand in docs/platform.md', () => {
    const docs = readFileSync('docs/platform.md', 'utf8');
    const untold = cases.filter(({ letThrough = '' }) => !docs.includes(letThrough));
    expect(untold).toEqual([]);
  });
});
