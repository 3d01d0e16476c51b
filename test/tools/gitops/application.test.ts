/** How the suites of test/gitops wait for Argo CD, against one that does what a real one does now and then. */
import { describe, expect, it } from '@jest/globals';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import type { Answer, Api } from '../../../tools/controlplane/kubernetes/api.ts';
import { becomes, compared, syncNow } from '../../gitops/harness/application.ts';

/** An operation of somebody else, which ended in this second. */
const NOW = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
const BEFORE = { phase: 'Failed', startedAt: NOW, finishedAt: NOW, message: 'denied', operation: { sync: {} } };

/** What the controller makes of an Application after something was written into it. */
type Controller = (application: JsonObject, written: JsonObject) => JsonObject;

/** One Application on an API server, read and patched as the helpers do it. */
function argoWith(first: JsonObject, controller: Controller): { readonly api: Api; readonly written: JsonObject[] } {
  let version = 1;
  let application = { metadata: {}, ...first };
  const written: JsonObject[] = [];
  const get = async () => ({
    ...application,
    metadata: { ...objectAt(application, 'metadata'), resourceVersion: `${version}` },
  });
  const patch = async (_: string, change: unknown) => {
    const asked = change as JsonObject;
    const expected = stringAt(asked, 'metadata', 'resourceVersion');
    if (expected !== undefined && expected !== `${version}`) throw new Error('the object has been modified');
    written.push(asked);
    version++;
    application = { metadata: {}, ...controller(application, asked) };
    return application;
  };
  const ask = async (): Promise<Answer> => ({ status: 200, body: await get() });
  const none = () => Promise.reject(new Error('not asked here'));
  return { api: { ask, get, patch, create: none, delete: none }, written };
}

function ended(operation: JsonObject): JsonObject {
  return { status: { operationState: { ...BEFORE, phase: 'Succeeded', operation } } };
}

function operationsIn(written: readonly JsonObject[]): JsonObject[] {
  return written.filter((each) => each.operation !== undefined);
}

describe('syncNow', () => {
  it('knows its operation from the one before, which ended in the same second', async () => {
    const { api } = argoWith({ status: { operationState: BEFORE } }, (application, { operation }) => {
      return operation === undefined ? application : ended(operation as JsonObject);
    });
    const application = await syncNow(api, 'cart');
    expect(stringAt(application, 'status', 'operationState', 'phase')).toBe('Succeeded');
  });

  // what is tried there is what a reader of docs/gitops.md would do
  it('sends the documented patch, with no more than how ours is known and that the Application is as it was read', async () => {
    const { api, written } = argoWith({ status: { operationState: BEFORE } }, (application, { operation }) => {
      return operation === undefined ? application : ended(operation as JsonObject);
    });
    await syncNow(api, 'cart');
    const sync = { syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'] };
    const info = [{ name: 'asked', value: expect.any(String) }];
    expect(operationsIn(written)).toEqual([{ metadata: { resourceVersion: '1' }, operation: { sync, info } }]);
  });

  it('brings an operation to mind that is there and not begun', async () => {
    const { api, written } = argoWith({ status: { operationState: BEFORE } }, (application, { operation }) => {
      if (operation !== undefined) return { ...application, operation };
      const waiting = objectAt(application, 'operation');
      return waiting === undefined ? application : ended(waiting);
    });
    const application = await syncNow(api, 'cart');
    expect(stringAt(application, 'status', 'operationState', 'phase')).toBe('Succeeded');
    expect(operationsIn(written)).toHaveLength(1);
  });

  it('asks again for one that is gone without a trace, and never into another one', async () => {
    let lost = 0;
    const { api, written } = argoWith({ operation: { sync: { prune: true } } }, (application, { operation }) => {
      // the other one ends
      if (operation === undefined) return { status: { operationState: BEFORE } };
      expect(application.operation).toBeUndefined();
      return lost++ === 0 ? application : ended(operation as JsonObject);
    });
    const application = await syncNow(api, 'cart');
    expect(stringAt(application, 'status', 'operationState', 'phase')).toBe('Succeeded');
    expect(operationsIn(written)).toHaveLength(2);
  });
});

describe('compared', () => {
  it('asks again where the first time went with a comparison of before', async () => {
    const reconciledAt = '2026-01-01T00:00:00Z';
    let asked = 0;
    const { api } = argoWith({ status: { reconciledAt } }, (application) => {
      asked++;
      return asked === 1 ? application : { status: { reconciledAt: new Date(Date.now() + 1000).toISOString() } };
    });
    const application = await compared(api, 'cart');
    expect(asked).toBe(2);
    expect(stringAt(application, 'status', 'reconciledAt')).not.toBe(reconciledAt);
  });
});

describe('in vain', () => {
  it('says what Argo CD said', async () => {
    const operation = { sync: {}, info: [{ name: 'asked', value: 'x' }] };
    const { api } = argoWith({ operation, status: { operationState: BEFORE } }, (application) => application);
    const said = becomes(api, 'cart', { phase: 'Succeeded', seconds: 0 });
    await expect(said).rejects.toThrow(
      /until cart is .*; the last try: sync .*operation Failed from .*: denied\nasked for: .*"x"/s,
    );
  });
});
