import { describe, expect, it } from '@jest/globals';
import { aPolicyFile, errorsOf } from '../files.ts';

describe('pull secrets of a policy', () => {
  it.each<[spec: string, expected: string[]]>([
    ['  namespace: {pullSecrets: {from: weir-system, names: [regcred], serviceAccounts: [default]}}', []],
    ['  namespace: {pullSecrets: {from: weir-system}}', []],
    [
      '  namespace: {pullSecrets: {names: [regcred]}}',
      [
        'policies/prod.yaml:5:36: namespace.pullSecrets.names names Secrets, and nobody says which namespace holds them; write namespace.pullSecrets.from',
      ],
    ],
    [
      '  namespace: {pullSecrets: {from: weir-system, serviceAccounts: [default]}}',
      [
        'policies/prod.yaml:5:65: namespace.pullSecrets.serviceAccounts names ServiceAccounts, and namespace.pullSecrets.names no Secret for them; write the names of Secrets',
      ],
    ],
    ['  namespace: {pullSecrets: {retired: {names: [regcred], serviceAccounts: [default]}}}', []],
    [
      '  namespace: {pullSecrets: {from: weir-system, names: [other, regcred], retired: {names: [regcred]}}}',
      [
        'policies/prod.yaml:5:90: namespace.pullSecrets.retired.names names regcred, which namespace.pullSecrets.names hands out; name it in one of them',
      ],
    ],
    [
      '  namespace: {pullSecrets: {from: weir-system, names: [regcred], serviceAccounts: [default], retired: {serviceAccounts: [default]}}}',
      [
        'policies/prod.yaml:5:121: namespace.pullSecrets.retired.serviceAccounts names default, which namespace.pullSecrets.serviceAccounts hands out; name it in one of them',
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(errorsOf({ prod: aPolicyFile('prod', spec) })).toEqual(expected);
  });

  it('may come from two files', () => {
    const base = aPolicyFile('base', '  abstract: true\n  namespace: {pullSecrets: {names: [regcred]}}');
    const prod = aPolicyFile('prod', '  extends: base\n  namespace: {pullSecrets: {from: vault}}');
    expect(errorsOf({ base, prod })).toEqual([]);
  });
});
