import { expect, it } from '@jest/globals';
import { controllersNamed } from '../../../controllers/all.ts';
import { deadLetters } from '../../../controllers/deadLetters/controller.ts';

it('no sink is made where the platform keeps dead letters by itself', () => {
  expect(controllersNamed(['dead-letters'], {})).toEqual([deadLetters]);
  expect(controllersNamed(['dead-letters'], { platformKeepsDeadLetters: true })).toEqual([]);
});
