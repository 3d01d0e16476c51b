/** The commands that verdicts end with. */
import { commandLine } from '../text/commandLine.ts';

/** `kubectl get pods --namespace shop`; without a namespace what is in none. */
export function kubectl(words: string, namespace?: string, ...more: readonly string[]): string {
  const where = namespace === undefined || namespace === '' ? [] : ['--namespace', namespace];
  return commandLine('kubectl', ...words.split(' '), ...more, ...where);
}

/** What a pod or its container says. */
export function logs(namespace: string, of: string, ...options: readonly string[]): string {
  return commandLine('kubectl', 'logs', of, '--namespace', namespace, ...options);
}

export function weir(...words: readonly string[]): string {
  return commandLine('weir', ...words);
}
