/** Tells a Helm chart's template, or another program's, from a manifest. */
import { type JsonValue, stringAt } from '../json.ts';

/** What only Helm's templates name: its built-in objects and its functions. */
const HELM = /\{\{[^}]{0,200}(?:\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|\b(?:include|tpl|template)\s)/;

const ATTEMPTS = 100;
const LONGEST_LOOK_BACK = 10_000;

/**
 * The offset of the first `{{` in a document that could not be parsed, outside of quotes and comments as far as a line
 * alone shows them; undefined where there is none. It is only asked about broken text, so that guessing at quotes is
 * good enough.
 */
export function templateInBrokenText(text: string, start: number, end: number): number | undefined {
  let at = text.indexOf('{{', start);
  for (let attempt = 0; attempt < ATTEMPTS && at !== -1 && at < end; attempt++) {
    const lineStart = Math.max(text.lastIndexOf('\n', at) + 1, start, at - LONGEST_LOOK_BACK);
    if (isBare(text.slice(lineStart, at))) return at;
    at = text.indexOf('{{', at + 2);
  }
  return undefined;
}

function isBare(before: string): boolean {
  if (/(?:^|\s)#/.test(before)) return false;
  return count(before, '"') % 2 === 0 && count(before, "'") % 2 === 0;
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

/**
 * Whether a document that could be parsed is a template all the same. `{{` alone does not say so: ApplicationSets,
 * PrometheusRules and Kyverno's policies hold such text for programs that run later. Helm's own words in a plain scalar
 * do, and so does `{{` in a name, which no API server accepts.
 */
export function isTemplateScalar(source: string): boolean {
  return source.includes('{{') && HELM.test(source);
}

export function hasTemplateInName(document: JsonValue): boolean {
  const names = [
    stringAt(document, 'apiVersion'),
    stringAt(document, 'kind'),
    stringAt(document, 'metadata', 'name'),
    stringAt(document, 'metadata', 'namespace'),
  ];
  return names.some((name) => name?.includes('{{') === true);
}

export const TEMPLATE_MESSAGE =
  'this is a template, not a manifest; render it first (helm template) and check what comes out';
