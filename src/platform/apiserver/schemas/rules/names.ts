/** Names of fields as expressions write them (k8s.io/apiserver pkg/cel/escaping.go). */

const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

const PARTS: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** `__dash__` for `-`; undefined where no expression can name the field. */
export function celName(field: string): string | undefined {
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(field)) return undefined;
  if (RESERVED.has(field)) return `__${field}__`;
  return field.replaceAll(/__|[-./]/g, (part) => PARTS[part] ?? part);
}
