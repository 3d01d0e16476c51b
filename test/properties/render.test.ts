/** What holds of everything that `weir render` makes, in the object and in the text. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { isObject, type JsonObject, type JsonValue } from '../../src/kubernetes/json.ts';
import { applyPatchOperation } from '../../src/kubernetes/jsonPatch.ts';
import { resolve } from '../../src/kubernetes/pointer.ts';
import { rewriteFile } from '../../src/kubernetes/rewrite/file.ts';
import { readYaml } from '../../src/kubernetes/yaml/read.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { type Rendered, type RenderOptions, render } from '../../src/policy/render/render.ts';
import { contextOf, ENVIRONMENTS, type Environment, verdictOn } from './judging.ts';
import { leavesIn, type World, worlds } from './mutations.ts';

const RUNS = { numRuns: 300 };

interface Case {
  readonly world: World;
  readonly environment: Environment;
  readonly options: RenderOptions;
}

const cases: fc.Arbitrary<Case> = fc.record({
  world: worlds,
  environment: fc.constantFrom(...ENVIRONMENTS),
  options: fc.constantFrom({ fix: true, knative: true }, { fix: true, knative: false }, { fix: false, knative: true }),
});

function renderedBy({ world, environment, options }: Case, object: JsonObject = world.object): Rendered {
  return render(object, contextOf(environment, object, world.beside), catalogue, options);
}

/** Checks the property on every case in which the object is not removed. */
function always(property: (rendered: Rendered & { object: JsonObject }, one: Case) => void): void {
  fc.assert(
    fc.property(cases, (one) => {
      const { object, ...rest } = renderedBy(one);
      if (object !== undefined) property({ ...rest, object }, one);
    }),
    RUNS,
  );
}

describe('what was rendered', () => {
  it('asks for nothing the second time', () => {
    always(({ object }, one) => {
      const again = renderedBy(one, object);
      expect({ operations: again.operations, defaults: again.defaults }).toEqual({ operations: [], defaults: [] });
      expect(again.object).toEqual(object);
    });
  });

  it('has no default left to fill in, and with --fix nothing that a machine could fix', () => {
    always(({ object }, { world, environment, options }) => {
      const { defaults, findings } = verdictOn(environment, object, world.beside);
      expect(defaults).toEqual([]);
      if (options.fix) expect(findings.filter(({ fix }) => fix !== undefined)).toEqual([]);
    });
  });

  it('is what its operations make of the object', () => {
    always(({ object, operations }, { world }) => {
      const patched = operations.reduce<JsonValue>(applyPatchOperation, world.object);
      expect(patched).toEqual(object);
    });
  });

  it('keeps what the author wrote, unless it was to be fixed', () => {
    always(({ object }, { world, options }) => {
      if (options.fix) return;
      for (const place of leavesIn(world.object)) {
        const value = resolve(world.object, place);
        const isEmpty = typeof value === 'object' && (value === null || Object.keys(value).length === 0);
        if (!isEmpty) expect({ place, value: resolve(object, place) }).toEqual({ place, value });
      }
    });
  });
});

/** The same object as people and programs write it. */
const PRINTERS: readonly ((object: JsonObject) => string)[] = [
  (object) => dump(object, { lineWidth: -1, noRefs: true }),
  (object) => dump(object, { lineWidth: 60, noRefs: true, seqNoIndent: true }),
  (object) => dump(object, { flowLevel: 3, noRefs: true }),
  (object) => dump(object), // with anchors and aliases for what stands twice
  (object) => `# a head\n---\n# of its own\n${dump(object, { indent: 4, noRefs: true })}# a tail\n`,
  (object) => dump(object, { noRefs: true }).replaceAll('\n', '\r\n'),
  (object) => `\ufeff${dump(object, { forceQuotes: true, noRefs: true })}`,
  (object) => JSON.stringify(object, null, 2),
  (object) => JSON.stringify(object),
];

describe('a file', () => {
  it('that is rewritten reads as what was rendered', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(...PRINTERS), (one, print) => {
        const text = print(one.world.object);
        const [before] = readYaml(text, 'x.yaml').documents;
        // js-yaml writes a few texts in ways that Kubernetes reads as something else: then that is what is rendered.
        if (before === undefined || !isObject(before.value)) return;
        const { object, operations } = renderedBy(one, before.value);

        const written = rewriteFile(text, [{ index: 0, operations }]);
        const { documents, errors } = readYaml(written, 'x.yaml');
        expect(errors).toEqual([]);
        expect(documents.map(({ value }) => value)).toEqual(object === undefined ? [] : [object]);
      }),
      RUNS,
    );
  });

  it('keeps its other documents as they are, to the byte', () => {
    fc.assert(
      fc.property(cases, fc.nat({ max: 2 }), (one, index) => {
        const text = dump(one.world.object, { lineWidth: -1, noRefs: true });
        const [before] = readYaml(text, 'x.yaml').documents;
        if (before === undefined || !isObject(before.value)) return;
        const others = ['# kept\na:   1 # as it is\n', '{b:  [2,   3]}\n'];
        const parts = [...others.slice(0, index), text, ...others.slice(index)];
        const { object, operations } = renderedBy(one, before.value);

        const written = rewriteFile(parts.join('---\n'), [{ index, operations }]);
        for (const other of others) expect(written).toContain(other);
        const values = readYaml(written, 'x.yaml').documents.map(({ value }) => value);
        const expected: JsonValue[] = [{ a: 1 }, { b: [2, 3] }];
        expected.splice(index, 0, ...(object === undefined ? [] : [object]));
        expect(values).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });
});
