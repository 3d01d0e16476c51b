import { describe, expect, it } from '@jest/globals';
import { DYN, typeOf } from '../../src/cel/check/types.ts';
import { compile, type Outcome } from '../../src/cel/program.ts';
import { fromJson, toJson } from '../../src/cel/values/json.ts';
import type { JsonValue } from '../../src/kubernetes/json.ts';

const self = {
  numbers: [1, 2, 3],
  text: 'Hello',
  half: 1.5,
  labels: { x: '1', y: '2' },
  cpu: '200m',
  url: 'https://example.com:80/x?y=1&y=2',
  pods: [
    { name: 'a', cpu: 2 },
    { name: 'b', cpu: 1 },
  ],
};

function evaluate(source: string, limit?: number): Outcome {
  const compiled = compile(source, { variables: { self: DYN } });
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.program.run({ self: fromJson(self) }, limit);
}

function result(source: string): unknown {
  const outcome = evaluate(source);
  return outcome.ok ? toJson(outcome.value) : `failed: ${outcome.message}`;
}

function refusal(source: string): string | undefined {
  const compiled = compile(source, { variables: { self: DYN, count: typeOf('int') } });
  return compiled.ok ? undefined : compiled.message;
}

describe('what expressions give', () => {
  it.each<[string, unknown]>([
    // operators
    ['1 + 2 * 3 == 7', true],
    ['7 / 2 + 7 % 2', 4],
    ['-self.half', -1.5],
    ['"a" + "b"', 'ab'],
    ['[1] + [2]', [1, 2]],
    ['!(self.text == "Hello")', false],
    ['int("5") < 5.5', true],
    ['dyn(1) == 1.0', true],
    ['"z" > "a" && b"b" > b"a"', true],
    ['size(self.numbers) > 2 ? "y" : "n"', 'y'],
    ['2 in self.numbers && "x" in self.labels', true],
    // errors beside what decides
    ['self.nope == 1 || true', true],
    ['self.nope == 1 && false', false],
    ['self.numbers.exists(x, x / 0 == 1 || x == 3)', true],
    // fields
    ['has(self.labels.x) && !has(self.labels.z)', true],
    ['self["labels"]["y"]', '2'],
    ['self.?labels.z.orValue("none")', 'none'],
    ['self.?labels.?x.orValue("none")', '1'],
    ['self.?nope.deeper.hasValue()', false],
    ['self.numbers[?7].orValue(9)', 9],
    ['[?self.?nope, ?self.?text]', ['Hello']],
    ['{?"a": self.?nope, ?"b": self.?text}', { b: 'Hello' }],
    // loops
    ['self.numbers.map(x, x > 1, x * 2)', [4, 6]],
    ['self.numbers.filter(x, x != 2)', [1, 3]],
    ['self.numbers.exists_one(x, x == 2)', true],
    ['self.labels.all(k, v, k.matches("^[xy]$") && v != "")', true],
    ['self.labels.transformMap(k, v, v + k)', { x: '1x', y: '2y' }],
    ['self.labels.transformMapEntry(k, v, {v: k})', { 1: 'x', 2: 'y' }],
    ['self.numbers.transformList(i, v, i > 0, v)', [2, 3]],
    ['self.pods.sortBy(p, p.cpu).map(p, p.name)', ['b', 'a']],
    ['self.pods.all(p, self.pods.exists_one(q, q.name == p.name))', true],
    ['optional.of(1).optMap(x, x + 1).value()', 2],
    // texts
    ['"a b".split(" ").join("-")', 'a-b'],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['"héllo".size()', 5],
    ['"héllo".substring(1, 3)', 'él'],
    ['"abcabc".lastIndexOf("c")', 5],
    ['"xxx".replace("x", "y", 2)', 'yyx'],
    ['" a ".trim() + self.text.lowerAscii()', 'ahello'],
    ['"foo bar".find("o+") + "a1b22".findAll("[0-9]+").join()', 'oo122'],
    ['"xababc".find("(?:ab)+c") + "a-b".find("(?P<name>a)-")', 'ababca-'],
    ['"%s is %d, %.2f, %x %s".format(["a", 3, 1.5, 255, [1, "x"]])', 'a is 3, 1.50, ff [1, "x"]'],
    ['"\\u00e9\\n\\x41" + r"\\n"', 'é\nA\\n'],
    // lists and sets
    ['self.numbers.sum() == 6 && self.numbers.max() == 3 && self.numbers.isSorted()', true],
    ['[1, 2, 2].distinct().reverse()', [2, 1]],
    ['[[1, 2], [3]].flatten().slice(1, 3)', [2, 3]],
    ['sets.contains([1, 2], [1]) && !sets.intersects([1], [2])', true],
    ['lists.range(3)', [0, 1, 2]],
    // times
    ['duration("1h30m").getMinutes()', 90],
    ['timestamp("2024-02-29T10:00:00Z").getDayOfYear()', 59],
    ['string(timestamp("2024-02-29T10:00:00+02:00") + duration("1.5s"))', '2024-02-29T08:00:01.5Z'],
    ['timestamp("2024-07-01T00:30:00Z").getHours("Europe/Berlin")', 2],
    // Kubernetes
    ['quantity("200m").isLessThan(quantity("1")) && !isQuantity("x")', true],
    ['quantity("1Gi").add(quantity("1Mi")).asInteger()', 1074790400],
    ['ip("10.0.0.1").family() == 4 && ip("fe80::1").isLinkLocalUnicast() && !isIP("10.0.0.256")', true],
    ['string(ip("2001:DB8::0:1"))', '2001:db8::1'],
    ['cidr("10.0.0.0/8").containsIP("10.2.3.4") && !cidr("10.0.0.0/8").containsCIDR("11.0.0.0/9")', true],
    ['url(self.url).getHostname() + url(self.url).getPort()', 'example.com80'],
    ['url(self.url).getQuery()["y"]', ['1', '2']],
    ['isURL("/path") && !isURL("../path")', true],
    ['semver("1.2.3").isLessThan(semver("1.10.0-rc.1")) && isSemver("v1.2", true)', true],
    ['type(1) == int && type("") == string && type(self.numbers) == list', true],
    // what has no value
    ['self.nope', 'failed: no such key: nope'],
    ['self.numbers[3]', 'failed: index out of bounds: 3'],
    ['1 / 0', 'failed: division by zero'],
    ['9223372036854775807 + 1', 'failed: integer overflow'],
    ['self.text + self.half', 'failed: no such overload'],
    ['optional.none().value()', 'failed: optional.none() dereference'],
    ['"a".matches(self.text + "(")', 'failed: error parsing regexp: missing closing ): `Hello(`'],
  ])('%s', (source, expected) => {
    expect(result(source)).toEqual(expected);
  });

  it('never leaves the object by a key that JavaScript has a meaning for', () => {
    expect(result('has(self.__proto__) || has(self.constructor) || "toString" in self')).toBe(false);
  });
});

describe('what is refused', () => {
  it.each([
    ['self.', "ERROR: <input>:1:6: Syntax error: no viable alternative at input '.'\n | self.\n | .....^"],
    ['foo', "ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n | foo\n | ^"],
    [
      'count + "a"',
      "ERROR: <input>:1:7: found no matching overload for '_+_' applied to '(int, string)'\n | count + \"a\"\n | ......^",
    ],
    ['nope(1)', "ERROR: <input>:1:5: undeclared reference to 'nope' (in container '')\n | nope(1)\n | ....^"],
    ['count.all(x, x)', expect.stringContaining("expression of type 'int' cannot be range of a comprehension")],
    ['has(count)', 'ERROR: <input>:1:5: invalid argument to has() macro\n | has(count)\n | ....^'],
    ['"a', expect.stringContaining('token recognition error')],
    [`${'('.repeat(400)}1${')'.repeat(400)}`, expect.stringContaining('expression recursion limit exceeded: 250')],
  ])('%s', (source, expected) => {
    expect(refusal(source)).toEqual(expected);
  });

  it('a result of another type', () => {
    const compiled = compile('count', { variables: { count: typeOf('int') }, result: 'bool' });
    expect(compiled).toMatchObject({ ok: false, message: 'must evaluate to bool, and not to int' });
  });
});

describe('what an evaluation costs', () => {
  it('ends where it costs more than it may, whatever would make up for an error', () => {
    const nested = 'self.numbers.all(a, self.numbers.all(b, self.numbers.all(c, a + b + c > 0))) || true';
    expect(evaluate(nested)).toMatchObject({ ok: true });
    expect(evaluate(nested, 100)).toEqual({
      ok: false,
      message: 'operation cancelled: actual cost limit exceeded',
      isCostExceeded: true,
      cost: expect.any(Number),
    });
  });

  it.each([
    ['lists.range(1000000).all(x, true)'],
    ['lists.range(900).map(x, lists.range(900)).flatten().size() > 0'],
    [
      'lists.range(1000).map(x, "aaaaaaaaaaaaaaaaaaaa").map(y, y.replace("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))',
    ],
  ])('bounds %s', (source) => {
    expect(evaluate(source, 10_000)).toMatchObject({ ok: false, isCostExceeded: true });
  });

  it.each([
    ['lists.range(1000).all(x, long.findAll("a*a*a*b").size() > 0)', 'operation cancelled: actual cost limit exceeded'],
    ['lists.range(5000).all(x, long.find("((a)*)*c") == "")', 'operation cancelled: actual cost limit exceeded'],
    ['"".matches(lists.range(200).map(x, "a{1000}").join())', 'error parsing regexp: expression too large'],
    ['"".find(lists.range(200).map(x, "a{1000}").join())', 'Illegal regex: error parsing regexp: expression too large'],
  ])('looks for no pattern for ever: %s', (source, message) => {
    const compiled = compile(source, { variables: { long: DYN } });
    const long = `b${'a'.repeat(5000)}b${'a'.repeat(5000)}`;
    expect(compiled.ok && compiled.program.run({ long })).toMatchObject({ ok: false, message });
  });

  it.each([
    ['self.many.all(x, size(self.map) > 0)'],
    ['self.many.all(x, self.map.exists(k, true))'],
    ['self.many.all(x, self.map == self.copy)'],
    ['self.many.all(x, self.map in [self.copy])'],
    ['self.many.all(x, self.many + self.many != [])'],
    ['self.many.all(x, self.long.startsWith(self.long))'],
    ['self.many.all(x, self.long.charAt(5) != "a")'],
    ['self.many.all(x, isSemver(self.long) || isIP(self.long) || isURL(self.long) || true)'],
    ['self.many.all(x, int(self.long) == 1 || true)'],
    ['self.many.map(x, self.many).flatten().size() > 0'],
    ['self.many.all(x, self.deep.flatten(1000).size() >= 0)'],
    ['self.many.all(x, "".matches(string(x) + "a{900}b{900}c{900}") || true)'],
    ['self.many.all(x, "%s".format([self.map]) != "")'],
  ])(
    'is paid for by what it goes through: %s',
    (source) => {
      let deep: JsonValue = 1;
      for (let depth = 0; depth < 1000; depth++) deep = [deep];
      const many = Array.from({ length: 20_000 }, (_, index) => index);
      const map = Object.fromEntries(many.map((index) => [`key${index}`, index]));
      const object = { many, map, copy: { ...map }, long: '9'.repeat(200_000), deep };
      const compiled = compile(source, { variables: { self: DYN } });
      const start = performance.now();
      // more than the loops alone cost, and no more than it takes: a second, and half a minute on a slow machine
      const outcome = compiled.ok && compiled.program.run({ self: fromJson(object) }, 300_000);
      expect(outcome).toMatchObject({ isCostExceeded: true });
      // what is not paid for takes minutes
      expect(performance.now() - start).toBeLessThan(60_000);
    },
    120_000,
  );

  it('asks for a variable only where the expression looks at it', () => {
    const compiled = compile('self.numbers.size() == 3', { variables: { self: DYN, other: DYN } });
    const other = (): never => {
      throw new Error('asked');
    };
    expect(compiled.ok && compiled.program.run({ self: () => fromJson(self), other })).toMatchObject({ value: true });
  });
});
