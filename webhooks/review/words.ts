/** What a person reads in the terminal after `kubectl apply`: the denial, and the warnings. */
import type { Finding } from '../../src/policy/engine/judge.ts';

/** Longer messages make kubectl and Argo CD hard to read, and events cut them. */
const LONGEST_DENIAL = 8 * 1024;
/**
 * The API server cuts warnings that are longer than 256 characters once all of them together have more than 4,096, and
 * drops one that holds a line end (k8s.io/apiserver pkg/endpoints/filters/warning.go).
 */
const LONGEST_WARNINGS = 4096;

/** One finding a line: rule, place, what is wrong and what would be right. */
export function denial(findings: readonly Finding[]): string {
  const lines: string[] = [];
  const more = (left: number) => `… and ${left} more; run weir check on the manifest to see all`;
  let size = 0;
  for (const [index, finding] of findings.entries()) {
    const line = `${sentence(finding)}. More: weir explain ${finding.rule}`;
    if (size + line.length + more(findings.length).length + 2 > LONGEST_DENIAL) {
      lines.push(more(findings.length - index));
      break;
    }
    size += line.length + 1;
    lines.push(line);
  }
  return lines.join('\n');
}

/** One finding a warning, as many as the API server hands on; the last one counts the rest. */
export function warnings(findings: readonly Finding[]): string[] {
  const result: string[] = [];
  const more = (left: number) => `… and ${left} more ${left === 1 ? 'warning' : 'warnings'}; weir check tells all`;
  let size = 0;
  for (const [index, finding] of findings.entries()) {
    const warning = oneLine(sentence(finding));
    if (size + warning.length + more(findings.length).length > LONGEST_WARNINGS) {
      result.push(more(findings.length - index));
      break;
    }
    size += warning.length;
    result.push(warning);
  }
  return result;
}

function sentence({ rule, path, message }: Finding): string {
  return `${rule}${path === '' ? '' : ` at ${path}`}: ${message}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
