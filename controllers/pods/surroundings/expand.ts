/** `$(NAME)` in texts of a container (k8s.io/kubernetes third_party/forked/golang/expansion/expand.go). */

/** `$$` is one `$`; what names nothing that is known stays as it is. */
export function expand(text: string, known: (name: string) => string | undefined): string {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    const next = text[at + 1];
    if (character !== '$' || next === undefined) {
      result += character;
      continue;
    }
    at++;
    if (next === '$') {
      result += '$';
      continue;
    }
    const end = next === '(' ? text.indexOf(')', at + 1) : -1;
    if (end < 0) {
      result += `$${next}`;
      continue;
    }
    const name = text.slice(at + 1, end);
    result += known(name) ?? `$(${name})`;
    at = end;
  }
  return result;
}
