/** Patterns with `*` for any text, as policy files and exceptions use them; everything else stands for itself. */

/** True where the whole text matches. Linear in the text for each star, so that no pattern can hang. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  if (!text.startsWith(first)) return false;

  const last = parts[parts.length - 1] ?? '';
  let position = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}
