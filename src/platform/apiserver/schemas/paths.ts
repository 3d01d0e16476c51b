/** Paths of fields as k8s.io/apimachinery pkg/util/validation/field/path.go writes them: `spec.ports[0]`, `data[a.b]`. */

/** What a cause says where the whole object is meant. */
export const WHOLE = '<nil>';

export function childPath(path: string, name: string): string {
  return path === '' || path === WHOLE ? name : `${path}.${name}`;
}

export function keyPath(path: string, key: string): string {
  return `${path}[${key}]`;
}

export function indexPath(path: string, index: number): string {
  return `${path}[${index}]`;
}
