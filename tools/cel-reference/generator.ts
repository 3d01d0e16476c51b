/** Makes expressions by chance, most of them of types that go together. The same seed makes the same ones. */

type Kind =
  | 'int'
  | 'uint'
  | 'double'
  | 'bool'
  | 'string'
  | 'bytes'
  | 'time'
  | 'duration'
  | 'ints'
  | 'strings'
  | 'map'
  | 'pods';

/** `$string` stands for an expression of that type, `#int` for one that is a literal or a field. */
const FORMS: Readonly<Record<Kind, readonly string[]>> = {
  int: [
    'self.number',
    '1',
    '0',
    '-3',
    '7',
    '9223372036854775807',
    '-9223372036854775808',
    '0xff',
    'self.list[0]',
    'size($string)',
    '$string.size()',
    '$ints.size()',
    '$map.size()',
    '$int + $int',
    '$int - $int',
    '$int * $int',
    '$int / $int',
    '$int % $int',
    '-$int',
    'int($double)',
    'int($string)',
    'int($uint)',
    '$bool ? $int : $int',
    '$ints.sum()',
    '$ints.max()',
    '$ints.min()',
    '$ints.indexOf($int)',
    '$string.indexOf($string)',
    '$string.lastIndexOf($string)',
    '$string.indexOf($string, $int)',
    '$string.lastIndexOf($string, $int)',
    '$time.getFullYear()',
    '$time.getMonth()',
    '$time.getDayOfYear()',
    '$time.getDayOfMonth()',
    '$time.getDate()',
    '$time.getDayOfWeek()',
    '$time.getHours()',
    '$time.getHours("America/New_York")',
    '$time.getMinutes("+05:30")',
    '$time.getSeconds()',
    '$time.getMilliseconds()',
    '$duration.getHours()',
    '$duration.getMinutes()',
    '$duration.getSeconds()',
    '$duration.getMilliseconds()',
    '$ints[$int]',
    '$ints[?$int].orValue($int)',
    'int($time)',
    'optional.of($int).optMap(v, v + 1).value()',
    'quantity($string).asInteger()',
    'quantity("1Gi").compareTo(quantity("1.5G"))',
    '$pods.map(p, p.cpu)[0]',
    '$bytes.size()',
    'ip("10.0.0.1").family()',
    'cidr("10.0.0.0/8").prefixLength()',
    'semver("1.2.3").major()',
    '$strings.size()',
    'dyn($int)',
    '$ints.filter(x, x > $int).size()',
  ],
  uint: [
    '0u',
    '3u',
    '18446744073709551615u',
    'uint($int)',
    '$uint + $uint',
    '$uint - $uint',
    '$uint * $uint',
    '$uint / $uint',
    '$uint % $uint',
    'uint($double)',
    'uint($string)',
  ],
  double: [
    'self.half',
    '1.5',
    '0.0',
    '-2.75',
    '1e21',
    '1e-7',
    '1.0',
    '123456789.125',
    '1e308',
    'double($int)',
    'double($string)',
    'double($uint)',
    '$double + $double',
    '$double - $double',
    '$double * $double',
    '$double / $double',
    '-$double',
    'quantity("200m").asApproximateFloat()',
    '$bool ? $double : $double',
    '[$double, $double].max()',
    '[$double, $double].sum()',
  ],
  bool: [
    'true',
    'false',
    'self.flag',
    '$int == $int',
    '$int < $int',
    '$int >= $double',
    '$uint > $int',
    '$double <= $double',
    '$string == $string',
    '$string < $string',
    '$string != $string',
    '$bool && $bool',
    '$bool || $bool',
    '!$bool',
    '$string.startsWith($string)',
    '$string.endsWith($string)',
    '$string.contains($string)',
    '$string.matches("^[a-zö]+$")',
    '$string.matches($string)',
    '$int in $ints',
    '$string in $strings',
    '$string in $map',
    'has(self.none)',
    'has(self.map.x)',
    'has(self.map.zz)',
    '$ints.all(x, x > $int)',
    '$ints.exists(x, x == $int)',
    '$ints.exists_one(x, x < $int)',
    '$strings.all(s, s.size() > $int)',
    '$map.all(k, k != $string)',
    '$map.all(k, v, v != $string)',
    '$map.exists(k, v, k == v)',
    '$pods.all(p, p.name.size() > 0)',
    '$pods.exists(p, p.cpu > $int)',
    '$pods.all(p, $pods.exists_one(q, q.name == p.name))',
    '$ints == $ints',
    '$strings == $strings',
    '$map == $map',
    'isQuantity($string)',
    'quantity("1").isGreaterThan(quantity("100m"))',
    'isIP($string)',
    'isCIDR($string)',
    'isURL($string)',
    'isSemver($string)',
    'cidr("10.0.0.0/8").containsIP($string)',
    'ip("fe80::1").isLinkLocalUnicast()',
    '$ints.isSorted()',
    '$strings.isSorted()',
    'sets.contains($ints, $ints)',
    'sets.intersects($strings, $strings)',
    'sets.equivalent($ints, $ints)',
    '$time < $time',
    '$time == $time',
    '$duration > $duration',
    '$bytes == $bytes',
    '$bytes < $bytes',
    'bool($string)',
    'type($int) == int',
    'optional.of($string).hasValue()',
    'self.?none.hasValue()',
    '$ints[?$int].hasValue()',
    'format.dns1123Label().validate($string).hasValue()',
    'type(self.port) == string',
    'self.port == $string',
    'self.port == $int',
    '$bool == $bool',
    '$pods.map(p, p.name).all(n, n != $string)',
    'ip($string) == ip("10.0.0.1")',
    'quantity("1") == quantity("1000m")',
  ],
  string: [
    'self.text',
    '""',
    '"abc"',
    '"Hello, Wörld"',
    '"10.0.0.1"',
    '"1.5"',
    '"-12"',
    '"true"',
    '"😀é"',
    '"a,b,c"',
    '"200m"',
    '" x "',
    'self.map.x',
    'self.map["y"]',
    'self["a-b"].namespace',
    'self.set[0]',
    '$string + $string',
    'string($int)',
    'string($double)',
    'string($bool)',
    'string($uint)',
    'string($bytes)',
    'string($time)',
    'string($duration)',
    '$string.lowerAscii()',
    '$string.upperAscii()',
    '$string.trim()',
    '$string.replace($string, $string)',
    '$string.replace($string, $string, $int)',
    '$string.substring($int)',
    '$string.substring($int, $int)',
    '$string.charAt($int)',
    '$strings.join()',
    '$strings.join($string)',
    '$string.split($string)[0]',
    '$bool ? $string : $string',
    '$string.find("[a-z]+")',
    'strings.quote($string)',
    '"%s|%d".format([$string, $int])',
    '"%s %s".format([$ints, $map])',
    '"%.3f %e".format([$double, $double])',
    '"%x %X %o %b".format([$int, $string, $int, $int])',
    '"%s %s %s".format([$double, $time, $duration])',
    '$map[$string]',
    'self.?none.orValue($string)',
    'self.?map.?zz.orValue($string)',
    'url("https://example.com:80/a b?x=1").getHost()',
    'string(ip("::1"))',
    '$pods[0].name',
    '$strings[$int]',
    '$strings.max()',
    '"%s".format([$strings])',
    'string(quantity("1.5Gi").asApproximateFloat())',
    '"%s".format([$bytes])',
    '"%s".format([$bool])',
  ],
  bytes: ['self.data', 'b"abc"', 'b""', 'b"\\xff"', 'bytes($string)', '$bytes + $bytes'],
  time: [
    'self.when',
    'timestamp("2024-02-29T10:11:12.5Z")',
    'timestamp("0001-01-01T00:00:00Z")',
    'timestamp("9999-12-31T23:59:59Z")',
    'timestamp($int)',
    'timestamp($string)',
    '$time + $duration',
    '$time - $duration',
    '$duration + $time',
  ],
  duration: [
    'self.lasts',
    'duration("1.5s")',
    'duration("-2h3m")',
    'duration("0")',
    'duration("100ns")',
    'duration($string)',
    '$duration + $duration',
    '$duration - $duration',
    '$time - $time',
  ],
  ints: [
    'self.list',
    '[]',
    '[1, 2, 3]',
    '[$int]',
    '[$int, $int]',
    '$ints + $ints',
    '$ints.filter(x, x != $int)',
    '$ints.map(x, x * $int)',
    '$ints.map(x, x > $int, x + 1)',
    '$ints.sort()',
    '$ints.reverse()',
    '$ints.distinct()',
    '$ints.slice($int, $int)',
    'lists.range($int % 20)',
    '$strings.map(s, s.size())',
    '$ints.sortBy(x, -x)',
    '$ints.transformList(i, v, i * v)',
    '$ints.transformList(i, v, i > 0, v)',
    '[[$int], [$int, $int]].flatten()',
    '[?$ints[?0], ?$ints[?1]]',
    '$bool ? $ints : $ints',
    '$pods.map(p, p.cpu)',
  ],
  strings: [
    'self.set',
    '["a", "b"]',
    '[$string, $string]',
    '$string.split($string)',
    '$string.split("")',
    '$string.split($string, $int)',
    '$strings + $strings',
    '$strings.filter(s, s.contains($string))',
    '$strings.map(s, s + $string)',
    '$strings.sort()',
    '$strings.distinct()',
    '$string.findAll("[a-z]")',
    '$string.findAll("l+", $int)',
    '$map.map(k, k)',
    '$map.transformList(k, v, k + v)',
    '$pods.map(p, p.name)',
    '$strings.reverse()',
    '$pods.filter(p, p.cpu > $int).map(p, p.name)',
    '$strings.sortBy(s, s.size())',
  ],
  map: [
    'self.map',
    '{"a": "b"}',
    '{$string: $string}',
    '$map.transformMap(k, v, v + $string)',
    '$map.transformMap(k, v, v != $string, k)',
    '$map.transformMapEntry(k, v, {v: k})',
    '{"x": $string, ?"y": self.?none}',
    '$bool ? $map : $map',
    '{}',
  ],
  pods: [
    'self.pods',
    '$pods.filter(p, p.cpu > $int)',
    'self.pods + self.pods',
    '$pods.sortBy(p, p.cpu)',
    '$pods.reverse()',
  ],
};

const KINDS = Object.keys(FORMS).filter((kind): kind is Kind => Object.hasOwn(FORMS, kind));
const PLACE = /\$(int|uint|double|bool|string|bytes|time|duration|ints|strings|map|pods)\b/g;
/** Every so often something stands where it does not fit. */
const WRONG = 0.012;
const LONGEST = 400;

export class Generator {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  many(count: number): string[] {
    const made: string[] = [];
    while (made.length < count) {
      const kind = KINDS[made.length % KINDS.length] ?? 'bool';
      const text = this.#make(kind, 1 + this.#below(3));
      if (text.length <= LONGEST) made.push(text);
    }
    return made;
  }

  #make(kind: Kind, depth: number): string {
    const forms = FORMS[this.#next() < WRONG ? (KINDS[this.#below(KINDS.length)] ?? kind) : kind];
    const simple = forms.filter((form) => !form.includes('$'));
    const form = depth > 0 ? this.#one(forms) : this.#one(simple);
    return form.replaceAll(PLACE, (_, inner: Kind) => wrapped(this.#make(inner, depth - 1)));
  }

  #one(choices: readonly string[]): string {
    return choices[this.#below(choices.length)] ?? '1';
  }

  #below(count: number): number {
    return Math.floor(this.#next() * count);
  }

  /** mulberry32 */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** In brackets where an operator outside could take a part of it. */
function wrapped(text: string): string {
  return /^[\w.]+$|^"[^"]*"$|^\[[^\]]*\]$/.test(text) ? text : `(${text})`;
}
