/** The promise of one engine: what the server says over HTTPS is what `weir check` says of the same object. */
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { keyOf, namespace } from '../../../src/kubernetes/kinds.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { applyPatch } from '../../../src/policy/engine/edit.ts';
import type { Finding } from '../../../src/policy/engine/judge.ts';
import { ENVIRONMENTS, verdictOn } from '../../properties/judging.ts';
import { mutated } from '../../properties/mutations.ts';
import { objects } from '../../properties/objects.ts';
import { patchOf, start } from './harness.ts';

jest.setTimeout(120_000);

const app = await start({ logLevel: 'silent' });
const needsOthers = new Set(catalogue.rules.filter((rule) => rule.needsOthers === true).map(({ id }) => id));

/** What is about manifests, and holds for nothing that the API server is asked to store. */
const OF_MANIFESTS = 'security/secret-in-git';

/** What denies, with its place and its words. What hangs on other objects only warns at the API: they may still come. */
function denied(findings: readonly Finding[]): string[] {
  const denials = findings.filter(({ rule, action }) => action === 'deny' && !needsOthers.has(rule));
  return denials.map(({ rule, path, message }) => `${rule} at ${path}: ${message}`).sort();
}

/** What does not deny, by rule. Its words may differ: here the author is the policy, which filled the value in. */
function warned(findings: readonly Finding[]): string[] {
  const others = findings.filter(({ rule, action }) => action !== 'deny' || needsOthers.has(rule));
  const told = others.map(({ rule, action }) => `${rule} ${action === 'audit' ? 'audit' : 'warn'}`);
  return [...new Set(told)].filter((each) => !each.startsWith(OF_MANIFESTS)).sort();
}

/** Who may write what the policies keep for some: check knows no user, and says nothing of that. */
const userInfo = { username: 'admin@example.com', groups: ['platform'] };

/** Through both doors, as the API server does. */
async function admitted(environment: string, object: JsonObject) {
  const request = { object, userInfo, namespace: stringAt(object, 'metadata', 'namespace') ?? '', operation: 'CREATE' };
  // a Namespace gets its label there, for whose absence check is sorry; only with overlays/components/default-environment
  const isFilled = keyOf(object) !== namespace.key;
  const filled = await app.review(`/mutate/${environment}`, request);
  expect(filled.allowed).toBe(true);
  const stored = (isFilled && applyPatch(object, patchOf(filled))) || object;
  const response = await app.review(`/validate/${environment}`, { ...request, object: stored });
  const facts = app.facts.at(-1);
  return { response, findings: facts?.findings ?? [], failures: facts?.failures ?? [] };
}

async function compare(environment: string, object: JsonObject): Promise<void> {
  const { response, findings, failures } = await admitted(environment, object);
  const verdict = verdictOn(environment, object);
  expect(denied(findings)).toEqual(denied(verdict.findings));
  expect(warned(findings)).toEqual(warned(verdict.findings));
  expect([...failures, ...verdict.failures]).toEqual([]);
  expect(response.allowed).toBe(denied(verdict.findings).length === 0);
}

describe('the verdict at the API', () => {
  it.each(ENVIRONMENTS)('is that of weir check for every kind in %s', async (environment) => {
    for (const object of objects) await compare(environment, object);
  });

  it('is that of weir check for what became of them on the way', async () => {
    const property = fc.asyncProperty(fc.constantFrom(...ENVIRONMENTS), mutated, compare);
    await fc.assert(property, { numRuns: 400 });
  });
});
