/** A default that says where it does not look fills in the same, whatever stands there. */
import { expect, it } from '@jest/globals';
import { keyOf } from '../../../src/kubernetes/kinds.ts';
import { defaulters } from '../../../src/policy/defaults/index.ts';
import { defaultersFor } from '../../../src/policy/engine/default.ts';
import { Subject } from '../../../src/policy/engine/subject.ts';
import { type Remembered, without } from '../../../webhooks/review/remembered.ts';
import { contextOf, ENVIRONMENTS, verdictOn } from '../../properties/judging.ts';
import { objects } from '../../properties/objects.ts';

it('looks at no place that it says it does not read', () => {
  let filled = 0;
  let unread = 0;
  for (const environment of ENVIRONMENTS) {
    for (const written of objects) {
      const { object, defaults } = verdictOn(environment, written);
      const context = contextOf(environment, written);
      const all: Remembered = new Map(defaults.map(({ path, value }) => [path, value]));
      for (const defaulter of defaultersFor(keyOf(object), defaulters)) {
        const { reads } = defaulter;
        if (reads === undefined) continue;
        const read: Remembered = new Map([...all].filter(([path]) => reads(path)));
        const fills = defaulter.fill(new Subject(without(object, read)), context);
        expect(fills).toEqual(defaulter.fill(new Subject(without(object, all)), context));
        filled += fills.length;
        unread += all.size - read.size;
      }
    }
  }
  // nothing would be shown by objects into which nothing is filled
  expect([filled, unread].map((count) => count > 0)).toEqual([true, true]);
});
