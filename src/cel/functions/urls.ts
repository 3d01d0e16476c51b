/** `url("https://example.com")` (k8s.io/apiserver pkg/cel/library/urls.go). */
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import { type CelValue, Foreign, listOf, type MapKey, mapOf } from '../values/value.ts';
import { textArg } from './arguments.ts';
import type { CelFunction } from './function.ts';

interface Parts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

class Url extends Foreign {
  readonly typeName = 'kubernetes.URL';
  readonly text: string;
  readonly parts: Parts;

  constructor(text: string, parts: Parts) {
    super();
    this.text = text;
    this.parts = parts;
  }

  override equals(other: Foreign): boolean {
    return other instanceof Url && other.text === this.text;
  }
}

const URL_TEXT = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?]*))?([^?]*)(?:\?(.*))?$/s;
/** What stands behind `#` is no part of what is asked for. */
const FRAGMENT = /#.*$/s;

/** As Go's url.ParseRequestURI: an absolute URL or an absolute path. Undefined where it is neither. */
function parseUrl(text: string): Url | undefined {
  // characters that no URL has; a blank is taken in paths alone, as Go takes it
  if (text === '' || /[\p{Cc}]/u.test(text)) return undefined;
  if (text === '*') return new Url(text, { scheme: '', host: '', path: '*', query: '' });
  const match = URL_TEXT.exec(text.replace(FRAGMENT, ''));
  if (match === null) return undefined;
  const [, scheme = '', authority, path = '', query = ''] = match;
  if (scheme === '' && !text.startsWith('/')) return undefined;
  const isOpaque = scheme !== '' && authority === undefined && !path.startsWith('/');
  if (isOpaque) return new Url(text, { scheme: scheme.toLowerCase(), host: '', path: '', query });
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  const host = (authority ?? '').replace(/^.*@/, '');
  if (!/^(?:\[[0-9a-fA-F:.]+(?:%25[^\]]+)?\]|[^[\]:\s<>"]*)(?::[0-9]*)?$/.test(host)) return undefined;
  return new Url(text, { scheme: scheme.toLowerCase(), host, path, query });
}

/** Whether Go's url.ParseRequestURI reads the text. */
export function isRequestUri(text: string): boolean {
  return parseUrl(text) !== undefined;
}

function urlArg(args: readonly CelValue[], index: number): Parts {
  const value = args[index];
  if (!(value instanceof Url)) throw noSuchOverload();
  return value.parts;
}

function hostname(host: string): string {
  return /^\[(.*)\]/.exec(host)?.[1] ?? host.replace(/:[0-9]*$/, '');
}

function queryOf(query: string): CelValue {
  const values = new Map<MapKey, CelValue[]>();
  for (const [key, value] of new URLSearchParams(query)) {
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  return mapOf(new Map([...values].map(([key, list]) => [key, listOf(list)])));
}

function part(name: string, result: string, read: (parts: Parts) => CelValue): CelFunction {
  return { name, signatures: [`kubernetes.URL.${name}(): ${result}`], run: (args) => read(urlArg(args, 0)) };
}

export const URLS: readonly CelFunction[] = [
  {
    name: 'url',
    signatures: ['url(string): kubernetes.URL'],
    run: (args) => {
      const text = textArg(args, 0);
      const url = parseUrl(text);
      if (url === undefined)
        throw new EvaluationFailure(
          `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
        );
      return url;
    },
  },
  { name: 'isURL', signatures: ['isURL(string): bool'], run: (args) => isRequestUri(textArg(args, 0)) },
  part('getScheme', 'string', ({ scheme }) => scheme),
  part('getHost', 'string', ({ host }) => host),
  part('getHostname', 'string', ({ host }) => hostname(host)),
  part('getPort', 'string', ({ host }) => /:([0-9]*)$/.exec(host.replace(/^\[.*\]/, ''))?.[1] ?? ''),
  part('getEscapedPath', 'string', ({ path }) => encodeURI(path).replaceAll('%25', '%')),
  part('getQuery', 'map<string, list<string>>', ({ query }) => queryOf(query)),
];
