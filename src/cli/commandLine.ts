/** Command lines that are printed for people to copy. */

/** Words of a command, quoted for a POSIX shell where they need it. */
export function commandLine(...words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** The options by which a command judges, as they were given. */
export function sameOptions({
  environment,
  policies,
}: {
  environment?: string | undefined;
  policies?: string | undefined;
}) {
  return [
    ...(environment === undefined ? [] : ['--env', environment]),
    ...(policies === undefined ? [] : ['--policies', policies]),
  ];
}
