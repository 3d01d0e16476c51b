import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { compact } from '../../src/report/compact.ts';
import { github } from '../../src/report/github.ts';
import { json } from '../../src/report/json.ts';
import { junit } from '../../src/report/junit.ts';
import type { ReportContext } from '../../src/report/reporter.ts';
import type { CheckResult } from '../../src/report/result.ts';
import { sarif as pieces } from '../../src/report/sarif.ts';
import { aContext, aFinding, EMPTY, FULL } from './builders.ts';

const EVIL = 'a<b>&"c"\'\u0000\u001b[1m\n::error::d%,:\ud800e\uffff]]>';

describe('-o json', () => {
  it('is the result', () => {
    const read = (result: CheckResult) => JSON.parse([...json(result)].join(''));
    const defaults = FULL.defaults.flatMap(({ values, ...of }) => values.map((value) => ({ ...of, ...value })));
    expect(read(FULL)).toEqual({ ...FULL, defaults });
    expect(read(EMPTY)).toEqual(EMPTY);
    const many = { ...EMPTY, findings: Array.from({ length: 1234 }, (_, line) => aFinding({ line })) };
    expect(read(many)).toEqual(many);
  });
});

describe('-o compact', () => {
  it('has a line for each error and finding', () => {
    expect(compact(FULL).split('\n')).toEqual([
      'apps/x y#.yaml: error: the file is binary',
      'error: no policy for the environment "prd"',
      'apps/cart.yaml:10:16: deny: images/tag [prod]: image cart:latest of app has the tag latest; name the version that was built',
      'apps/cart.yaml:10:16: warn: images/digest [prod]: image cart:latest of app has no digest',
      'apps/cart.yaml:9:9: deny: resources/limits [prod]: app has no memory limit; set one of at most 2Gi',
      'apps/old.yaml:10:16: warn: images/tag [prod]: image cart:latest of app has the tag latest; name the version that was built',
      '-:1:1: audit: team/label [prod]: no team',
      '',
    ]);
  });
});

describe('-o github', () => {
  it('puts denials first, and everything in the place that GitHub expects', () => {
    expect(github(FULL, aContext({ root: '/', cwd: '/repo' })).split('\n')).toEqual([
      '::error file=repo/apps/x y#.yaml,title=weir::the file is binary',
      '::error title=weir::no policy for the environment "prd"',
      '::error file=repo/apps/cart.yaml,line=10,col=16,title=images/tag (prod)::image cart:latest of app has the tag latest; name the version that was built',
      '::error file=repo/apps/cart.yaml,line=9,col=9,title=resources/limits (prod)::app has no memory limit; set one of at most 2Gi',
      '::warning file=repo/apps/cart.yaml,line=10,col=16,title=images/digest (prod)::image cart:latest of app has no digest',
      '::warning file=repo/apps/old.yaml,line=10,col=16,title=images/tag (prod)::image cart:latest of app has the tag latest; name the version that was built',
      '::notice title=team/label (prod)::no team',
      'weir: 2 denials, 2 warnings in 3 resources',
      '',
    ]);
  });

  it('lets no manifest write a command of its own', () => {
    const findings = [aFinding({ message: EVIL, file: 'a,b:c\n::warning::x', rule: 'custom/x\n::error::y' })];
    const lines = github({ ...EMPTY, findings }, aContext()).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('file=a%2Cb%3Ac%0A%3A%3Awarning%3A%3Ax,');
    expect(lines[0]).toContain('%0A::error::d%25,:');
  });
});

describe('-o junit', () => {
  it('has a suite for each environment and a case for each object', () => {
    const xml = junit(FULL, aContext());
    expect(xml).toContain('<testsuites name="weir" tests="5" failures="1" errors="2">');
    expect(xml).toContain('<testsuite name="prod" tests="3" failures="1" errors="0">');
    expect(xml).toContain('  <testcase classname="apps/good.yaml" name="Service shop/good"/>\n');
    expect(xml).toContain('<failure type="images/tag" message="2 denials; the first: image cart:latest');
    expect(xml).toContain('excused: apps/cart.yaml:6:16: deny: autoscaling/max-scale [prod]: max-scale is 500');
    expect(xml).toContain('<error message="the file is binary"/>');
  });

  it('keeps a finding with its own file where two files have the object', () => {
    const { resource } = aFinding();
    const judged = ['a.yaml', 'b.yaml'].map((file) => ({ environment: 'prod', resource, file }));
    const xml = junit({ ...EMPTY, findings: [aFinding({ file: 'b.yaml' })] }, aContext({ judged }));
    expect(xml).toContain('<testcase classname="a.yaml" name="Service shop/cart"/>');
    const inPatch = junit({ ...EMPTY, findings: [aFinding({ file: 'patch.yaml' })] }, aContext({ judged }));
    expect(inPatch).not.toContain('classname="patch.yaml"');
  });

  it('is well-formed whatever the manifests say', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constant(EVIL)), (text) => {
        const findings = [
          aFinding({ message: text, file: text, rule: text, resource: { ...aFinding().resource, name: text } }),
        ];
        const xml = junit({ ...EMPTY, findings, errors: [{ message: text, file: text }] }, aContext());
        expect(xml.isWellFormed()).toBe(true);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        // Without its tags and entities nothing of the markup is left.
        const words = xml.replace(/<[^<>"]*(?:"[^<>"]*"[^<>"]*)*>/g, '').replace(/&(?:amp|lt|gt|quot|#\d+);/g, '');
        expect(words).not.toMatch(/[<&]/);
      }),
    );
  });
});

describe('-o sarif', () => {
  const sarif = (result: CheckResult, context: ReportContext) => [...pieces(result, context)].join('');
  const {
    id: _id,
    $schema: _schema,
    ...schema
  } = JSON.parse(readFileSync(new URL('./testdata/sarif-schema-2.1.0.json', import.meta.url), 'utf8'));
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
  const errors = (log: string) => (validate(JSON.parse(log)) ? [] : validate.errors);

  it.each([
    ['all there is', FULL],
    ['nothing', EMPTY],
    ['strange texts', { ...EMPTY, findings: [aFinding({ message: EVIL, file: `${EVIL}.yaml` })] }],
  ])('is valid with %s', (_name, result) => {
    expect(errors(sarif(result, aContext()))).toEqual([]);
  });

  it('is checked by a schema that can fail', () => {
    expect(errors(sarif(FULL, aContext()).replace('"startLine":10', '"startLine":0'))).not.toEqual([]);
  });

  it('names rules, places, levels and what is excused', () => {
    const [run] = JSON.parse(sarif(FULL, aContext({ cwd: '/repo/a b', root: '/repo' }))).runs;
    expect(run.tool.driver).toMatchObject({ name: 'Weir', version: '1.2.3' });
    expect(run.tool.driver.rules).toContainEqual(
      expect.objectContaining({ id: 'images/tag', shortDescription: { text: 'images name a tag' } }),
    );
    const [first] = run.results;
    expect(first).toMatchObject({
      ruleId: 'images/tag',
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a%20b/apps/cart.yaml', uriBaseId: 'SRCROOT' },
            region: { startLine: 10, startColumn: 16 },
          },
          logicalLocations: [{ fullyQualifiedName: 'Service shop/cart/spec/template/spec/containers/0/image' }],
        },
      ],
      properties: { environment: 'prod' },
    });
    expect(run.tool.driver.rules[first.ruleIndex].id).toBe('images/tag');
    expect(run.results.map(({ level }: { level: string }) => level)).toEqual([
      'error',
      'warning',
      'error',
      'warning',
      'note',
      'error',
    ]);
    expect(run.results.at(-1).suppressions).toMatchObject([{ kind: 'external', status: 'accepted' }]);
    expect(run.invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ message: { text: 'the file is binary' } }, {}],
    });
  });

  it('keeps a fingerprint when lines move, and changes it with the rule', () => {
    const printOf = (finding: ReturnType<typeof aFinding>) =>
      JSON.parse(sarif({ ...EMPTY, findings: [finding] }, aContext())).runs[0].results[0].partialFingerprints;
    expect(printOf(aFinding({ line: 99, file: 'other.yaml' }))).toEqual(printOf(aFinding()));
    expect(printOf(aFinding({ rule: 'images/digest' }))).not.toEqual(printOf(aFinding()));
  });
});
