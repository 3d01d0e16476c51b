/**
 * What looks like a secret. Conservative on purpose: a false alarm on every second manifest teaches people to look away.
 * Nothing here hands a value on; callers get names and places alone.
 */

/** Words that name a secret; two-word names count by their last two words (`api key`). */
const SECRET_WORDS = new Set([
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'token',
  'apikey',
  'credential',
  'credentials',
]);
const SECRET_PAIRS = new Set([
  'api key',
  'access key',
  'secret key',
  'private key',
  'encryption key',
  'signing key',
  'master key',
  'account key',
  'auth key',
  'service key',
]);
/** Words at the end of a name that speak about a secret rather than hold one: PASSWORD_FILE, TOKEN_TTL. */
const ABOUT = new Set(
  `file path dir directory name names url uri endpoint host port server ttl length len min max expiry expires expiration
   expire lifetime age duration timeout seconds minutes hours days header id ids type kind policy enabled disabled
   required algorithm alg issuer audience ref reference version prefix suffix size count interval limit username user
   regex pattern format rotation refresh store provider manager mount key location source scope scopes env variable
   budget encoding hint reset validation cookie field param parameter mode strategy class backend engine namespace`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
/** Words at the start that make it a switch or a number: USE_TOKEN, MAX_TOKEN. */
const SWITCHES = new Set([
  'use',
  'enable',
  'disable',
  'is',
  'has',
  'allow',
  'require',
  'skip',
  'max',
  'min',
  'num',
  'no',
]);

const namesSeen = new Map<string, boolean>();
const CACHE_SIZE = 4096;

/** True where a variable or an option of this name would hold a secret: `DB_PASSWORD`, `apiKey`, not `TOKEN_TTL`. */
export function namesSecret(name: string): boolean {
  const before = namesSeen.get(name);
  if (before !== undefined) return before;
  const result = name.length <= 128 && judgeName(wordsOf(name));
  if (namesSeen.size < CACHE_SIZE) namesSeen.set(name, result);
  return result;
}

function judgeName(words: readonly string[]): boolean {
  const [first = ''] = words;
  if (SWITCHES.has(first) || words.includes('public')) return false;
  const last = words.findLastIndex((word) => SECRET_WORDS.has(word));
  const pair = words.findLastIndex((word, index) => index > 0 && SECRET_PAIRS.has(`${words[index - 1]} ${word}`));
  const end = Math.max(last, pair);
  if (end < 0) return false;
  return !words.slice(end + 1).some((word) => ABOUT.has(word));
}

/** `dbPassword2`, `DB-PASSWORD` and `db.password` are all [db, password], with what follows. */
function wordsOf(name: string): string[] {
  const words: string[] = [];
  for (const part of name.replace(CAMEL, '$1 $2').split(SEPARATORS)) {
    const word = part.toLowerCase();
    if (word !== '') words.push(word);
  }
  return words;
}

const CAMEL = /([a-z])([A-Z])/g;
const SEPARATORS = /[^A-Za-z]+/;

/** Words that stand where a secret could, and are none. */
const HARMLESS = new Set(
  'true false yes no on off none null nil default basic bearer plain required optional enabled disabled auto env vault'.split(
    ' ',
  ),
);

/** True for a literal that may be a secret, given a name that says so: no placeholder, reference, path or switch. */
export function isLiteral(value: string): boolean {
  const text = value.trim();
  if (text === '' || HARMLESS.has(text.toLowerCase())) return false;
  if (text.startsWith('/') || text.startsWith('./') || text.startsWith('file:')) return false;
  if (text.startsWith('http://') || text.startsWith('https://')) return false; // security/url-password looks into those
  return !isPlaceholder(text) && !NAME_OF_SECRET.test(text);
}

/** `db-credentials`: the name of a Secret rather than one. */
const NAME_OF_SECRET = /^[a-z0-9][a-z0-9.-]*-(secrets?|credentials?|creds|tokens?|keys?|password)$/;

/** `$(NAME)`, `${NAME}`, `<your token>`, `{{ .Values.x }}`, `ENC[…]`, `***`: somebody else puts the value in. */
export function isPlaceholder(text: string): boolean {
  const [first, last] = [text[0], text[text.length - 1]];
  if (first === '$' && (text[1] === '(' || text[1] === '{')) return true;
  if ((first === '<' && last === '>') || text.startsWith('{{') || text.startsWith('ENC[')) return true;
  if (text.startsWith('vault:') || text.startsWith('ref+') || text.startsWith('arn:aws:secretsmanager:')) return true;
  return REPEATED.test(text);
}

const REPEATED = /^([*x.X-])\1{2,}$/;

interface TokenFormat {
  readonly prefix: string;
  /** Characters that follow at least. */
  readonly rest: number;
  readonly what: string;
}

/** Formats whose issuers made them recognisable: each issuer's documentation on secret scanning. */
const FORMATS: readonly TokenFormat[] = [
  { prefix: 'AKIA', rest: 16, what: 'an AWS access key' },
  { prefix: 'ASIA', rest: 16, what: 'an AWS access key' },
  { prefix: 'ghp_', rest: 36, what: 'a GitHub token' },
  { prefix: 'gho_', rest: 36, what: 'a GitHub token' },
  { prefix: 'ghs_', rest: 36, what: 'a GitHub token' },
  { prefix: 'github_pat_', rest: 40, what: 'a GitHub token' },
  { prefix: 'glpat-', rest: 20, what: 'a GitLab token' },
  { prefix: 'xoxb-', rest: 20, what: 'a Slack token' },
  { prefix: 'xoxp-', rest: 20, what: 'a Slack token' },
  { prefix: 'sk_live_', rest: 16, what: 'a Stripe key' },
  { prefix: 'rk_live_', rest: 16, what: 'a Stripe key' },
  { prefix: 'sk-ant-', rest: 20, what: 'an API key' },
  { prefix: 'sk-proj-', rest: 20, what: 'an API key' },
  { prefix: 'AIza', rest: 35, what: 'a Google API key' },
  { prefix: 'SG.', rest: 60, what: 'a SendGrid key' },
  { prefix: 'npm_', rest: 36, what: 'an npm token' },
  { prefix: 'dckr_pat_', rest: 20, what: 'a Docker Hub token' },
  { prefix: 'hvs.', rest: 20, what: 'a Vault token' },
];
const TOKEN_CHARACTERS = /^[A-Za-z0-9._-]+$/;
const JWT = /^eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+$/;

/** What a value is by its form, whatever its name: `a GitHub token`; undefined where it is nothing that is known. */
export function knownToken(value: string): string | undefined {
  if (value.length < 16) return undefined;
  if (value.includes('-----BEGIN') && PRIVATE_KEY.test(value)) return 'a private key';
  for (const { prefix, rest, what } of FORMATS) {
    if (value.startsWith(prefix) && value.length >= prefix.length + rest && TOKEN_CHARACTERS.test(value)) return what;
  }
  return value.startsWith('eyJ') && value.length < 8192 && JWT.test(value) ? 'a JSON Web Token' : undefined;
}

const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/;

/**
 * True for a value that looks drawn at random: long, of letters and digits without words. Only asked where a name ends
 * in `key`, since digests and ids look alike.
 */
export function looksRandom(value: string): boolean {
  if (value.length < 24 || value.length > 512 || !RANDOM_CHARACTERS.test(value)) return false;
  if (!/[0-9]/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return entropy(value) >= 3.5;
}

const RANDOM_CHARACTERS = /^[A-Za-z0-9+=_]+$/;

/** Bits a character (Shannon). */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** True where the last word of the name is `key`, and no word says that it is public or a key of something else. */
export function namesKey(name: string): boolean {
  const words = wordsOf(name);
  return words.at(-1) === 'key' && !words.some((word) => OTHER_KEYS.has(word));
}

const OTHER_KEYS = new Set([
  'public',
  'pub',
  'primary',
  'foreign',
  'partition',
  'sort',
  'cache',
  'routing',
  'row',
  'hash',
]);

/** Longer texts are not looked through. */
const LONGEST = 65_536;

/** The schemes of the URLs in a text that carry a user and a password: `postgres`. */
export function urlsWithPassword(text: string): string[] {
  const schemes: string[] = [];
  const end = Math.min(text.length, LONGEST);
  for (let at = text.indexOf('://'); at >= 0 && at < end; at = text.indexOf('://', at + 3)) {
    if (hasPassword(authority(text, at + 3))) schemes.push(schemeBefore(text, at));
  }
  return schemes;
}

/** From behind `://` to the path, the query or the end of the URL. */
function authority(text: string, start: number): string {
  let end = start;
  while (end < text.length && end - start < 1024 && !ENDS_AUTHORITY.has(text[end] ?? '')) end++;
  return text.slice(start, end);
}

const ENDS_AUTHORITY = new Set(['/', '?', '#', ' ', '\t', '\r', '\n', '"', "'", '`', '\\', '|']);

function hasPassword(part: string): boolean {
  const at = part.lastIndexOf('@');
  if (at < 0) return false;
  const colon = part.indexOf(':');
  if (colon < 0 || colon >= at - 1) return false;
  const password = part.slice(colon + 1, at);
  return !isPlaceholder(password) && !password.startsWith('$') && !password.startsWith('%');
}

function schemeBefore(text: string, end: number): string {
  let start = end;
  while (start > 0 && end - start < 32 && SCHEME_CHARACTER.test(text[start - 1] ?? '')) start--;
  return text.slice(start, end);
}

const SCHEME_CHARACTER = /[A-Za-z0-9+.-]/;

/** `Server=db;Password=…`: the connection strings of ADO.NET, ODBC and libpq. */
export function hasPasswordField(text: string): boolean {
  if (text.length > LONGEST) return false;
  const match = PASSWORD_FIELD.exec(text);
  return match?.[1] !== undefined && isLiteral(match[1]);
}

const PASSWORD_FIELD = /(?:^|[;\s])(?:password|pwd)=([^;\s]+)/i;
