/** Texts that are small and cost much. */

/** Each alias stands for nine of the one before. */
export function aliasBomb(levels = 12): string {
  let text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na0: &a0 [x, x, x, x, x, x, x, x, x]\n';
  for (let level = 1; level < levels; level++) {
    const alias = `*a${level - 1}`;
    text += `a${level}: &a${level} [${Array(9).fill(alias).join(', ')}]\n`;
  }
  return text;
}
