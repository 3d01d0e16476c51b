import { describe, expect, it } from '@jest/globals';
import { Bindings } from '../../../controllers/sources/binding/bindings.ts';
import { Rules } from '../../../controllers/sources/binding/rules.ts';

describe('what the API server is to ask about', () => {
  it('is told once, and again where somebody else may have told it otherwise', async () => {
    let told = 0;
    const rules = new Rules(new Bindings(), async () => void told++);
    await rules.tell();
    await rules.tell();
    expect(told).toBe(1);
    rules.forget();
    await rules.tell();
    expect(told).toBe(2);
  });
});
