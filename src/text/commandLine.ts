/** Command lines that are printed for people to copy. */

/** Words of a command, quoted for a POSIX shell where they need it. */
export function commandLine(...words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;
