import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../src/kubernetes/json.ts';
import { checkCustomRule, compileCustomRule } from '../../../src/policy/custom/compile.ts';
import { MAX_COST } from '../../../src/policy/custom/limits.ts';
import type { Rule } from '../../../src/policy/engine/rule.ts';
import type { CustomRule } from '../../../src/policy/model/spec.ts';
import { aService, judgeBy, messages } from '../builders.ts';

function aRule(parts: Partial<CustomRule> = {}): Rule {
  const compiled = compileCustomRule({
    name: 'team-label',
    match: { kinds: ['serving.knative.dev/Service'] },
    expression: 'true',
    message: 'broken',
    ...parts,
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.rule;
}

/** A service with these fields beside its spec. */
function withField(value: JsonValue): JsonObject {
  return { ...aService(), field: value };
}

function said(expression: string, value: JsonValue = {}): string[] {
  return messages(judgeBy(aRule({ expression }), withField(value)));
}

function problems(expression: string): string[] {
  return checkCustomRule({ expression }).map(({ offset, message }) =>
    offset === undefined ? message : `${offset}: ${message}`,
  );
}

describe('a custom rule', () => {
  it('is a rule like any other', () => {
    const rule = aRule({ message: ' name a team ', action: 'warn', path: '/metadata/labels', expression: 'false' });
    expect(rule).toMatchObject({ id: 'custom/team-label', action: 'warn', title: 'name a team', needsOthers: false });
    expect(judgeBy(rule, aService())).toMatchObject([
      { rule: 'custom/team-label', action: 'warn', path: '/metadata/labels', message: 'name a team' },
    ]);
    expect(aRule().action).toBe('deny');
  });

  it.each<[expression: string, field: JsonValue, holds: boolean]>([
    ['object.field == 3', 3, true],
    ['object.field > 3', 4, true],
    ['object.field > 3', 3, false],
    ['object.field + 1 == 4', 3, true],
    ['object.field % 2 == 0', 4, true],
    ['object.field == 3.0', 3, true],
    ['object.field > 1.5', 2, true],
    ['object.field * 2.0 == 3.0', 1.5, true],
    ['type(object.field) == int', 3, true],
    ['type(object.field) == double', 1.5, true],
    ['type(object.field) == double', 1e300, true],
    ['string(object.field) == "3"', 3, true],
    ['size(object.field) == 2', ['a', 'b'], true],
    ['object.field[0] == "a"', ['a', 'b'], true],
    ['"b" in object.field', ['a', 'b'], true],
    ['"b" in object.field', { b: 1 }, true],
    ['object.field == {"a": [dyn(1), dyn(null), dyn(true)]}', { a: [1, null, true] }, true],
    ['quantity(object.field).isLessThan(quantity("1"))', '200m', true],
    ['ip(object.field).isLoopback() && !isCIDR(object.field)', '127.0.0.1', true],
    ['cidr("10.0.0.0/8").containsIP(object.field)', '10.1.2.3', true],
    ['url(object.field).getHostname() == "example.com"', 'https://example.com:8443/x', true],
    ['object.field.find("[0-9]+") == "12"', 'a12b', true],
    ['object.field.isSorted() && object.field.sum() == 6', [1, 2, 3], true],
    ['sets.contains(object.field, ["a"])', ['a', 'b'], true],
    ['!format.dns1123Label().validate(object.field).hasValue()', 'a-b', true],
    ['object.?field.?b.orValue("none") == "none"', { a: 1 }, true],
    ['object.field[?5].hasValue()', [1], false],
    ['object.field.all(key, value, key == value)', { a: 'a' }, true],
    ['object.field.map(x, x).size() == 5000', Array.from({ length: 5000 }, () => 1), true],
    ['object.field.all(x, object.field.exists(y, true))', Array.from({ length: 20_000 }, () => 1), true],
    ['object.field.all(item, item.startsWith("a"))', ['ab', 'ac'], true],
    ['object.field.exists_one(item, item > 1)', [1, 2], true],
    ['object.field.filter(item, item > 1).map(item, item * 2) == [4, 6]', [1, 2, 3], true],
    ['object.field.all(key, object.field[key] > 0)', { a: 1, b: 2 }, true],
    ['has(object.field.a) && object.field.a == 1', {}, false],
    ['object.field.matches("^[a-z]+$")', 'abc', true],
    ['object.field.matches("^[a-z]+$")', 'aBc', false],
    ['object.field.split(",").size() == 3', 'a,b,c', true],
    ['object.field.lowerAscii().replace("a", "b") == "bb"', 'Aa', true],
    ['object.metadata.namespace == "shop"', 1, true],
    ['environment == "prod"', 1, true],
    ['oldObject == null && namespaceObject == null && user == null', 1, true],
    ['true // a comment', 1, true],
    ['"__proto__" in object.field', JSON.parse('{"__proto__": 1}'), true],
    ['"constructor" in object.field || has(object.field.toString)', {}, false],
  ])('%s of %j is %s', (expression, field, holds) => {
    expect(said(expression, field)).toEqual(holds ? [] : ['broken']);
  });

  it.each<[what: string, expression: string, message: string]>([
    [
      'a missing field',
      'object.metadata.labels.team == "shop"',
      'cannot be judged: object.metadata has no "labels"; ask first: has(object.metadata.labels) && …',
    ],
    [
      'a missing field inside has',
      'has(object.metadata.labels.team)',
      'cannot be judged: object.metadata has no "labels"; ask first: has(object.metadata.labels) && …',
    ],
    [
      'a missing key',
      'object.metadata["weir.dev/team"] == "shop"',
      'cannot be judged: object.metadata has no "weir.dev/team"; ask first: "weir.dev/team" in object.metadata && …',
    ],
    [
      'types that do not go together',
      'object.metadata.name > 1',
      "cannot be judged: found no matching overload for '_>_' applied to '(string, int)'",
    ],
    [
      'a text for a verdict',
      'object.metadata.name',
      'cannot be judged: the expression gives a text, and must give true or false',
    ],
    ['null for a verdict', 'oldObject', 'cannot be judged: the expression gives null, and must give true or false'],
  ])('says why it cannot judge: %s', (_, expression, message) => {
    expect(said(expression)).toEqual([message]);
  });

  it.each([
    ['int(object.field) > 3', 'cannot be judged: int(object.field) fails on this object'],
    ['duration(object.field) > duration("1s")', 'cannot be judged: duration(object.field) fails on this object'],
    [
      '{"a": true}[object.field]',
      'cannot be judged: a key that it looks up is not there; ask first whether it is, with in or has()',
    ],
    ['{dyn(object): 1}.size() == 1', 'cannot be judged: {dyn(object): 1} fails on this object'],
    ['object.field.substring(9) == ""', 'cannot be judged: object.field.substring(9) fails on this object'],
    [
      '1 / (object.field.size() - 7) == 1',
      'cannot be judged: 1 / (object.field.size() - 7) fails on this object: division by zero',
    ],
    [
      '[object].filter(x, true)[0].team == "a"',
      'cannot be judged: there is no "team" in what it looks into; ask first, with has()',
    ],
    [
      '[object].filter(x, true)[0]["team"] == "a"',
      'cannot be judged: there is no "team" in what it looks into; ask first, with in',
    ],
  ])('quotes no value of the object, which may be a secret: %s', (expression, message) => {
    expect(said(expression, 'hunter2')).toEqual([message]);
  });

  it('looks at the object before, at who asks, and at the namespace', () => {
    const rule = aRule({
      expression:
        'oldObject.field == 1 && user.name == "eve" && "ops" in user.groups && namespaceObject.metadata.labels.tier == "1"',
    });
    expect(rule.needsOthers).toBe(true);
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { tier: '1' } } };
    const surroundings = { old: withField(1), user: { name: 'eve', groups: ['ops'] }, beside: [namespace] };
    expect(judgeBy(rule, aService(), undefined, surroundings)).toEqual([]);
  });

  it.each<[match: Omit<CustomRule['match'], 'kinds'>, applies: boolean]>([
    [{}, true],
    [{ names: ['car*'] }, true],
    [{ names: ['checkout', 'cart'] }, true],
    [{ names: ['checkout'] }, false],
    [{ namespaces: ['shop*'] }, true],
    [{ namespaces: ['bank'] }, false],
    [{ labels: { team: 'a' } }, true],
    [{ labels: { team: 'b' } }, false],
    [{ labels: { team: 'a', tier: '1' } }, false],
  ])('with %j applies: %s', (match, applies) => {
    const rule = aRule({ match: { kinds: ['serving.knative.dev/Service'], ...match }, expression: 'false' });
    const service = aService({ metadata: { labels: { team: 'a' } } });
    expect(judgeBy(rule, service)).toHaveLength(applies ? 1 : 0);
  });

  it('takes an object without a namespace to be in any', () => {
    const rule = aRule({
      match: { kinds: ['serving.knative.dev/Service'], namespaces: ['bank'] },
      expression: 'false',
    });
    expect(judgeBy(rule, aService({ namespace: '' }))).toHaveLength(1);
  });

  it.each<[what: string, messageExpression: string, message: string]>([
    ['a text', '"no team on " + object.metadata.name', 'no team on cart'],
    ['several lines', '"no team\\n  on " + object.metadata.name', 'no team on cart'],
    ['something else', 'object.metadata', 'fallback'],
    ['an error', 'object.nothing', 'fallback'],
    ['an empty text', '" "', 'fallback'],
    [
      'a very long text',
      '"a".replace("a", "bbbbbbbbbb").replace("b", "cccccccccccccccccccc").replace("c", "dddddddddd")',
      `${'d'.repeat(1000)}…`,
    ],
  ])('makes its message: %s', (_, messageExpression, message) => {
    const rule = aRule({ expression: 'false', message: 'fallback', messageExpression });
    expect(messages(judgeBy(rule, aService()))).toEqual([message]);
  });
});

describe('an expression that is refused at load', () => {
  const nested = (depth: number) => `${'[1].all(x, '.repeat(depth)}true${')'.repeat(depth)}`;

  it.each<[what: string, expression: string, problems: string[]]>([
    ['an end too early', 'object.x ==', ['11: bad CEL: unexpected end']],
    ['nothing', ' ', ['1: bad CEL: unexpected end']],
    ['a bracket that stays open', 'has(object.x && true', ['3: bad CEL: "(" is never closed; add ")"']],
    ['a bracket too many', 'has(object.x)) && true', ['13: bad CEL: ")" closes nothing; take it away']],
    ['another bracket', '[1, 2) == []', ['5: bad CEL: "[" is closed by ")"; write "]" before it']],
    ['brackets in texts', 'object.x == "((" && ', ['20: bad CEL: unexpected end']],
    ['a reserved word', 'namespace == "a"', ['0: bad CEL: reserved identifier: namespace']],
    [
      'an unknown variable',
      'has(obj.metadata)',
      ['4: unknown variable "obj"; there are object, oldObject, environment, namespaceObject, user'],
    ],
    ['a misspelt variable', 'objekt.metadata.name == "a"', ['0: unknown variable "objekt"; did you mean "object"?']],
    [
      'a variable outside its loop',
      '[1].all(x, x > 0) && x == 1',
      ['21: unknown variable "x"; there are object, oldObject, environment, namespaceObject, user'],
    ],
    ['an unknown function', 'object.x.startWith("a")', ['9: unknown function "startWith"; did you mean "startsWith"?']],
    [
      "one of Kubernetes' functions, misspelt",
      'quantity(object.x).isGreatrThan(quantity("1"))',
      ['19: unknown function "isGreatrThan"; did you mean "isGreaterThan"?'],
    ],
    [
      'types that do not go together',
      'environment + 1 == "a"',
      [
        '12: "+" does not take a text and a whole number; convert what is of the wrong type, as with int(…) or string(…)',
      ],
    ],
    [
      'an argument of another type',
      'quantity(1).isInteger()',
      ['0: quantity does not take a whole number; it is quantity(string)'],
    ],
    ['a field that the user has not', 'user.nam == "eve"', ['5: there is no field "nam"; did you mean "name"?']],
    [
      'a list of different things',
      'object.x == [1, "a"]',
      ['16: this list or map holds a whole number, and here stands a text; all must be of one type, or each in dyn(…)'],
    ],
    ['a condition that is none', 'object.x && 1', ['12: here must stand true or false, and this is a whole number']],
    ['a text for a verdict', 'environment', ['the expression gives a text, and must give true or false']],
    [
      'a rule that is too dear on any object',
      'lists.range(2000000).all(x, x < object.x)',
      ['the expression costs at least 8,000,012 on every object, and may cost 1,000,000'],
    ],
    [
      'a function called another way',
      'startsWith(object.x, "a")',
      ['0: startsWith is not called this way; it is string.startsWith(string)'],
    ],
    ['too few operands', 'object.x.contains()', ['9: contains is not called this way; it is string.contains(string)']],
    ['a loop without a variable', 'object.x.all(x > 1)', ['9: all is written list.all(item, condition)']],
    ['has of a text', 'has("x")', ['4: has is written has(object.metadata.labels)']],
    [
      'a message',
      'google.protobuf.Value{}',
      ['0: there are no messages such as google.protobuf.Value in a policy; a map is written {"key": value}'],
    ],
    ['a broken pattern', 'object.x.matches("a(")', ['17: the pattern is no RE2 pattern: missing closing ): `a(`']],
    [
      'a pattern with a look behind',
      'object.x.matches("(?<=a)b")',
      ['17: the pattern is no RE2 pattern: invalid named capture: `(?<=a)b`'],
    ],
    [
      'a pattern that explodes',
      'object.x.matches("((a{100}){100}){100}")',
      ['17: the pattern is no RE2 pattern: expression too large'],
    ],
    [
      'a pattern of the object',
      'object.x.matches(object.y)',
      ['17: the pattern of matches must be a text that stands in the rule'],
    ],
    ['a long pattern', `object.x.matches("${'a'.repeat(513)}")`, ['17: the pattern is longer than 512 characters']],
    [
      'a long expression',
      `"${'a'.repeat(4096)}" == ""`,
      ['the expression has 4104 characters, and may have 4096; make two rules of it'],
    ],
    [
      'deep brackets',
      `${'('.repeat(100)}true${')'.repeat(100)}`,
      ['64: brackets stand more than 64 deep inside each other'],
    ],
    ['deep negation', `${'!'.repeat(4000)}true`, []],
    [
      'a long chain',
      `${'1 + '.repeat(300)}1 == 1`,
      ['178: the expression nests deeper than 256 levels; make two rules of it'],
    ],
    ['a chain of conditions', `${'true && '.repeat(400)}true`, []],
    ['loops in loops', nested(4), ['37: loops (all, exists, map, filter) stand more than 3 deep inside each other']],
    [
      'many loops',
      Array.from({ length: 17 }, () => '[1].all(x, true)').join(' && '),
      ['324: the expression has more than 16 loops (all, exists, map, filter); make two rules of it'],
    ],
  ])('%s', (_, expression, expected) => {
    expect(problems(expression)).toEqual(expected);
  });

  it('is fine up to the limits', () => {
    expect(problems(nested(3))).toEqual([]);
    expect(problems(Array.from({ length: 16 }, () => '[1].all(x, true)').join(' && '))).toEqual([]);
  });

  it.each<[kind: string, problem: string | undefined]>([
    ['Secret', undefined],
    ['Pod', undefined],
    ['apps/DaemonSet', undefined],
    ['serving.knative.dev/Revision', undefined],
    ['argoproj.io/Application', undefined],
    ['Secrets', 'unknown kind "Secrets"; did you mean "Secret"?'],
    ['Deployment', 'unknown kind "Deployment"; did you mean "apps/Deployment"?'],
    [
      'serving.knative.dev/Servce',
      'unknown kind "serving.knative.dev/Servce"; did you mean "serving.knative.dev/Service"?',
    ],
    ['serving.knative.dev/v1/Service', 'a kind is named without its version; write "serving.knative.dev/Service"'],
    ['v1/Secret', 'a kind is named without its version; write "Secret"'],
    [
      '*',
      '"*" is no kind; write group/Kind, such as serving.knative.dev/Service, or a core kind alone, such as Secret',
    ],
    ['', '"" is no kind; write group/Kind, such as serving.knative.dev/Service, or a core kind alone, such as Secret'],
  ])('the kind %s', (kind, problem) => {
    const expected = problem === undefined ? [] : [{ pointer: '/match/kinds/0', message: problem }];
    expect(checkCustomRule({ match: { kinds: [kind] } })).toEqual(expected);
  });

  it.each<JsonObject>([{}, { match: 3, expression: [] }, { match: { kinds: 'Secret' }, messageExpression: null }])(
    'leaves the shape of %j to the schema',
    (rule) => {
      expect(checkCustomRule(rule)).toEqual([]);
    },
  );
});

describe('whatever is written', () => {
  const piece = fc.constantFrom(
    'object',
    '.',
    'metadata',
    '(',
    ')',
    '[',
    ']',
    '"a"',
    '1',
    ' + ',
    ' && ',
    ' == ',
    'has',
    'all',
    'x',
    ', ',
    '!',
    '-',
    '{',
    '}',
    ':',
    '?',
    'matches',
    '\\',
    "'",
    ' in ',
    '\n',
  );
  const expression = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
  );

  it('is a rule or a problem, and a rule judges any object, and nothing crashes', () => {
    fc.assert(
      fc.property(expression, fc.jsonValue(), (text, field) => {
        const compiled = compileCustomRule({
          name: 'a',
          match: { kinds: ['serving.knative.dev/Service'] },
          expression: text,
          message: 'm',
        });
        if (compiled.ok) judgeBy(compiled.rule, { ...aService(), field: JSON.parse(JSON.stringify(field)) });
        else expect(compiled.problems).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('looks at any object', () => {
    const rule = aRule({
      expression: 'object.field.all(x, object.field[x] == 1) || object.field > 3 || has(object.field.a.b)',
    });
    fc.assert(
      fc.property(fc.jsonValue(), (field) => {
        judgeBy(rule, withField(JSON.parse(JSON.stringify(field))));
      }),
    );
  });
});

describe('an evaluation that costs too much', () => {
  const many = Array.from({ length: 2000 }, (_, index) => index);
  const tooMuch = [`cannot be judged: the expression costs more than ${MAX_COST.toLocaleString('en')} on this object`];
  const long = 'a'.repeat(1_000_000);

  it.each<[what: string, expression: string, field: JsonValue]>([
    ['each item with each other', 'object.field.all(x, object.field.exists(y, x == y + 5000) || true)', many],
    ['errors that are swallowed', 'object.field.all(x, object.field.exists(y, y.nothing) || true)', many],
    ['a list in a loop', 'object.field.all(x, !(x + 50000 in object.field))', many.concat(many, many)],
    ['a long text in a loop', '[1,2,3,4,5,6,7,8,9,10,11,12,13].all(x, !object.field.contains("b"))', long],
    ['a pattern over a long text', '[1, 2, 3, 4, 5, 6].all(x, !object.field.matches("(a|aa)*b"))', long],
    [
      'texts inside that are compared',
      '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].all(x, object.field == object.field)',
      [long],
    ],
    ['a text that grows', 'object.field.replace("a", object.field) == ""', long],
  ])('%s', (_, expression, field) => {
    const start = performance.now();
    expect(said(expression, field)).toEqual(tooMuch);
    // bounded: seconds, not hours, however slow the machine
    expect(performance.now() - start).toBeLessThan(60_000);
  });

  it('leaves room for what people write', () => {
    const variables = Array.from({ length: 100 }, (_, index) => ({ name: `V${index}`, value: 'x'.repeat(50) }));
    expect(said('object.field.all(x, object.field.exists_one(y, y.name == x.name))', variables)).toEqual([]);
    expect(said('object.field.filter(x, x.value.matches("^x+$")).size() == 100', variables)).toEqual([]);
  });

  it('spends nothing of the next one', () => {
    expect(said('object.field.all(x, object.field.exists(y, x == y + 5000) || true)', many)).toEqual(tooMuch);
    expect(said('object.field.all(x, x >= 0)', many)).toEqual([]);
  });
});

describe('a rule for the core Service', () => {
  it.each([
    ['has(object.spec.template.metadata)', 1],
    ['object.spec.type != "LoadBalancer"', 0],
  ])('%s', (expression, count) => {
    const problems = checkCustomRule({ name: 'x', match: { kinds: ['Service'] }, expression });
    expect(problems).toEqual(
      Array.from({ length: count }, () => ({
        pointer: '/match/kinds/0',
        message:
          '"Service" alone is Kubernetes\' own, which has no spec.template; did you mean "serving.knative.dev/Service"?',
      })),
    );
  });
});
