import { describe, expect, it } from '@jest/globals';
import { type Change, Store } from '../../../src/kubernetes/client/store.ts';
import { aPolicy } from './resources.ts';

describe('the store', () => {
  it('gives the same lists until something changes, and new ones after it', () => {
    const store = new Store();
    store.set(aPolicy('a', 'one'));
    store.set(aPolicy('b', 'two'));
    const [all, one, two] = [store.all(), store.inNamespace('one'), store.inNamespace('two')];
    store.set(aPolicy('a', 'one'));
    expect(store.all()).toBe(all);

    store.set(aPolicy('c', 'two'));
    expect(store.all()).not.toBe(all);
    expect(all).toHaveLength(2);
    expect(store.inNamespace('one')).toBe(one);
    expect(store.inNamespace('two')).not.toBe(two);
    expect(store.inNamespace('three')).toBe(store.inNamespace('four'));
  });

  it('finds by namespace and name, whatever these are', () => {
    const store = new Store();
    store.set(aPolicy('__proto__', 'constructor'));
    expect(store.find('constructor', '__proto__')).toBeDefined();
    expect(store.find('__proto__', 'constructor')).toBeUndefined();
    expect(store.size).toBe(1);
  });

  it('tells of what differs alone when everything is put in anew', () => {
    const store = new Store();
    store.replace([aPolicy('stays'), aPolicy('changes'), aPolicy('goes')]);
    const changes: Change[] = [];
    const end = store.onChange((change) => changes.push(change));
    const changed = aPolicy('changes', 'shop-prod', { podSelector: { matchLabels: { app: 'x' } } });
    store.replace([aPolicy('stays'), changed, aPolicy('comes')]);
    expect(changes).toEqual([
      { old: aPolicy('goes') },
      { old: aPolicy('changes'), object: changed },
      { object: aPolicy('comes') },
    ]);
    end();
    store.delete(aPolicy('comes'));
    expect(changes).toHaveLength(3);
    expect(store.size).toBe(2);
  });

  it('forgets a namespace with its last object', () => {
    const store = new Store();
    store.set(aPolicy('a', 'one'));
    store.delete(aPolicy('a', 'one'));
    store.delete(aPolicy('a', 'one'));
    expect(store.size).toBe(0);
    expect(store.inNamespace('one')).toEqual([]);
    expect(store.all()).toEqual([]);
  });
});
