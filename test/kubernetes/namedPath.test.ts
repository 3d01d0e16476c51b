import { describe, expect, it } from '@jest/globals';
import { namedPath } from '../../src/kubernetes/namedPath.ts';

describe('namedPath', () => {
  it('calls named items by their name', () => {
    const object = { containers: [{ name: 'app', env: [{ value: 'x' }] }] };
    expect(namedPath(object, '/containers/0/env/0/value')).toBe('/containers[app]/env/0/value');
    expect(namedPath(object, '/containers/1/image')).toBe('/containers/1/image');
  });
});
