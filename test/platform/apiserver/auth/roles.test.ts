import { describe, expect, it } from '@jest/globals';
import { type BindingsOfScope, followRoles, keepBinding } from '../../../../src/platform/apiserver/auth/rbac/roles.ts';
import { binding } from './builders.ts';
import { memory } from './memory.ts';

const BINDINGS = 'rolebindings.rbac.authorization.k8s.io';

describe('bindings', () => {
  it('leave nothing of their namespace behind', () => {
    const store = memory();
    const scopes = new Map<string, BindingsOfScope>();
    const one = keepBinding(scopes, store.put(BINDINGS, binding('one', 'Role:r', ['User:jane', 'Group:team'], 'shop')));
    const two = keepBinding(scopes, store.put(BINDINGS, binding('two', 'Role:r', ['User:jane'], 'shop')));
    const nobody = keepBinding(scopes, store.put(BINDINGS, binding('nobody', 'Role:r', [], 'void')));
    expect([...scopes.keys()]).toEqual(['shop', 'void']);
    one();
    expect([...(scopes.get('shop')?.keys() ?? [])]).toEqual(['User:jane']);
    two();
    nobody();
    expect(scopes.size).toBe(0);
  });

  it('of one without subjects take nothing from those that came after', () => {
    const store = memory();
    const roles = followRoles(store);
    const named = (): string[] => roles.bindingsFor('shop', 'jane', []).map(({ binding: { name } }) => name);
    store.put(BINDINGS, binding('nobody', 'Role:r', [], 'shop'));
    store.put(BINDINGS, binding('one', 'Role:r', ['User:jane'], 'shop'));
    store.drop(BINDINGS, 'shop', 'one');
    expect(named()).toEqual([]);
    store.put(BINDINGS, binding('two', 'Role:r', ['User:jane'], 'shop'));
    store.drop(BINDINGS, 'shop', 'nobody');
    expect(named()).toEqual(['two']);
    roles.stop();
  });
});
