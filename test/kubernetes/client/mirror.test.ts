import { describe, expect, it } from '@jest/globals';
import { isOlder, Mirror } from '../../../src/kubernetes/client/mirror.ts';
import type { Selection } from '../../../src/kubernetes/client/watch.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { networkPolicies } from './resources.ts';

function aVersion(version: string, note: string, namespace = 'shop', labels = {}): JsonObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'open', namespace, resourceVersion: version, labels, managedFields: [] },
    spec: { note },
  };
}

function noteIn(mirror: Mirror): unknown {
  return (mirror.store.find('shop', 'open')?.spec as JsonObject | undefined)?.note;
}

function aMirror(selection = {}): Mirror {
  const mirror = new Mirror({ selection });
  mirror.replace({ version: '100', objects: [mirror.kept(aVersion('90', 'listed'))] });
  return mirror;
}

describe('Mirror', () => {
  it('has what was written before the watch tells of it, and passes over what was before', () => {
    const mirror = aMirror();
    mirror.wrote(aVersion('105', 'written'), networkPolicies, '100');
    expect(noteIn(mirror)).toBe('written');
    mirror.set(aVersion('103', 'of somebody else, before'), '103');
    expect(noteIn(mirror)).toBe('written');
    mirror.set(aVersion('105', 'written'), '105');
    mirror.set(aVersion('107', 'after'), '107');
    expect(noteIn(mirror)).toBe('after');
  });

  it.each([
    [undefined, undefined],
    [true, []],
  ])('shows who asks for it (%s) who wrote what', (seesManagedFields, managedFields) => {
    const options = seesManagedFields === undefined ? {} : { seesManagedFields };
    const keep = ({ metadata }: JsonObject): JsonObject => ({ metadata: metadata ?? null });
    const mirror = new Mirror({ selection: {}, keep, ...options });
    const { metadata } = mirror.kept(aVersion('90', 'listed'));
    expect((metadata as JsonObject).managedFields).toEqual(managedFields);
  });

  it('shows what is kept of an object so far', () => {
    const keep = ({ metadata }: JsonObject, kept?: JsonObject): JsonObject => {
      return { metadata: metadata ?? null, times: Number(kept?.times ?? 0) + 1 };
    };
    const mirror = new Mirror({ selection: {}, keep });
    expect(mirror.kept(aVersion('90', 'listed')).times).toBe(1);
    mirror.set(aVersion('90', 'listed'), '90');
    mirror.set(aVersion('91', 'changed'), '91');
    expect(mirror.store.find('shop', 'open')?.times).toBe(2);
    expect(mirror.kept(aVersion('90', 'listed', 'elsewhere')).times).toBe(1);
  });

  it('holds nothing twice while everything is listed anew', () => {
    const mirror = aMirror();
    const there = mirror.store.find('shop', 'open');
    expect(mirror.listed(aVersion('90', 'listed'))).toBe(there);
    expect(mirror.listed(aVersion('91', 'listed'))).not.toBe(there);
    expect(mirror.listed(aVersion('90', 'changed')).spec).toEqual({ note: 'changed' });
    expect(mirror.listed(aVersion('90', 'listed', 'elsewhere'))).not.toBe(there);
  });

  it('does not go back to a write that the watch told of already', () => {
    const mirror = aMirror();
    mirror.set(aVersion('107', 'after'), '107');
    mirror.wrote(aVersion('105', 'written'), networkPolicies, '107');
    expect(noteIn(mirror)).toBe('after');
  });

  it('takes the later of two writes, in whatever order their answers come', () => {
    const mirror = aMirror();
    mirror.wrote(aVersion('106', 'second'), networkPolicies, '100');
    mirror.wrote(aVersion('105', 'first'), networkPolicies, '100');
    expect(noteIn(mirror)).toBe('second');
  });

  it('keeps a write that a list begun before it does not have', () => {
    const mirror = aMirror();
    mirror.wrote(aVersion('105', 'written'), networkPolicies, '');
    mirror.replace({ version: '104', objects: [mirror.kept(aVersion('90', 'listed'))] });
    expect(noteIn(mirror)).toBe('written');
    mirror.replace({ version: '110', objects: [] });
    expect(noteIn(mirror)).toBeUndefined();
  });

  it('is not told by an old deletion that what was made anew is gone', () => {
    const mirror = aMirror();
    mirror.wrote(aVersion('105', 'made anew'), networkPolicies, '100');
    mirror.delete(aVersion('104', 'listed'), '104');
    expect(noteIn(mirror)).toBe('made anew');
    mirror.delete(aVersion('106', 'made anew'), '106');
    expect(noteIn(mirror)).toBeUndefined();
  });

  it('lets go of what a write takes out of its selection, whatever is told of before', () => {
    const mirror = aMirror({ labelSelector: 'a=b' });
    mirror.wrote(aVersion('105', 'made', 'shop', { a: 'b' }), networkPolicies, '100');
    mirror.wrote(aVersion('107', 'out'), networkPolicies, '100');
    expect(noteIn(mirror)).toBeUndefined();
    mirror.set(aVersion('105', 'made', 'shop', { a: 'b' }), '105');
    mirror.replace({ version: '106', objects: [aVersion('105', 'made', 'shop', { a: 'b' })] });
    expect(noteIn(mirror)).toBeUndefined();
    mirror.delete(aVersion('107', 'out'), '107');
    mirror.set(aVersion('109', 'in again', 'shop', { a: 'b' }), '109');
    expect(noteIn(mirror)).toBe('in again');
  });

  it('takes a write of what is here where only the server knows whether it is selected', () => {
    const mirror = aMirror({ fieldSelector: 'spec.note=listed' });
    mirror.wrote(aVersion('105', 'written'), networkPolicies, '100');
    expect(noteIn(mirror)).toBe('written');
  });

  it.each<[what: string, selection: Selection, object: JsonObject, expected: number]>([
    ['another namespace', { namespace: 'other' }, aVersion('105', 'written'), 0],
    ['labels that are not selected', { labelSelector: 'a=b' }, aVersion('105', 'written'), 0],
    ['labels that are selected', { labelSelector: 'a=b,!c' }, aVersion('105', '', 'shop', { a: 'b' }), 1],
    ['labels of which one is too many', { labelSelector: 'a=b,!c' }, aVersion('105', '', 'shop', { a: 'b', c: '' }), 0],
    ['a selector that is none', { labelSelector: 'a=b c' }, aVersion('105', '', 'shop', { a: 'b' }), 0],
    ['the name that is followed', { fieldSelector: 'metadata.name=open' }, aVersion('105', 'written'), 1],
    ['another name', { fieldSelector: 'metadata.name=shut' }, aVersion('105', 'written'), 0],
    ['a field that the server knows', { fieldSelector: 'spec.note=written' }, aVersion('105', 'written'), 0],
    ['another name than one', { fieldSelector: 'metadata.name!=shut' }, aVersion('105', 'written'), 0],
    ['another version of the API', {}, { ...aVersion('105', ''), apiVersion: 'other/v1' }, 0],
    ['a subresource of another kind', {}, { ...aVersion('105', ''), kind: 'Scale' }, 0],
    ['an object without a version', {}, { ...aVersion('105', ''), metadata: {} }, 0],
    ['the namespace that is followed', { namespace: 'shop' }, aVersion('105', 'written'), 1],
  ])('takes of %s as many as is right', (_, selection, object, expected) => {
    const mirror = new Mirror({ selection });
    mirror.replace({ version: '100', objects: [] });
    mirror.wrote(object, networkPolicies, '100');
    expect(mirror.store.size).toBe(expected);
  });

  it.each([
    ['9', '10', true],
    ['10', '9', false],
    ['10', '10', false],
    ['', '1', true],
    ['99', '100', true],
  ])('%j is older than %j: %j', (version, than, expected) => expect(isOlder(version, than)).toBe(expected));
});
