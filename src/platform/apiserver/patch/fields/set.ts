/** Sets of fields (sigs.k8s.io/structured-merge-diff/v6 fieldpath/set.go). */
import { compareElements, fieldElement, type PathElement, titleOf } from './element.ts';

export type Path = readonly PathElement[];

/** An element of the set, or something on the way to one. */
interface Node {
  readonly element: PathElement;
  isMember: boolean;
  /** Never an empty one that stays. */
  children: FieldSet | undefined;
}

/** One level of a set, as it is read. */
export interface Entry {
  readonly element: PathElement;
  readonly isMember: boolean;
  readonly children: FieldSet | undefined;
}

/**
 * Fields of an object, each by its path. A field is no member because its parent is one, nor the other way around.
 *
 * A set changes by `insert` alone, which is for those who have just made it; all else makes a new one.
 */
export class FieldSet {
  readonly #nodes = new Map<string, Node>();

  static of(...paths: readonly Path[]): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.insert(path);
    return set;
  }

  /** The whole object, an empty path, is nobody's. */
  insert(path: Path): void {
    let set: FieldSet = this;
    for (const [depth, element] of path.entries()) {
      const node = set.#nodeOf(element);
      if (depth === path.length - 1) node.isMember = true;
      else {
        node.children ??= new FieldSet();
        set = node.children;
      }
    }
  }

  #nodeOf(element: PathElement): Node {
    const known = this.#nodes.get(element.text);
    if (known !== undefined) return known;
    const node: Node = { element, isMember: false, children: undefined };
    this.#nodes.set(element.text, node);
    return node;
  }

  /** For those who build a set from its serialized form. */
  add(element: PathElement, isMember: boolean, children: FieldSet | undefined): void {
    if (!isMember && (children === undefined || children.isEmpty)) return;
    const node = this.#nodeOf(element);
    node.isMember ||= isMember;
    node.children = children?.isEmpty === true ? undefined : children;
  }

  get isEmpty(): boolean {
    for (const { isMember, children } of this.#nodes.values()) {
      if (isMember || (children !== undefined && !children.isEmpty)) return false;
    }
    return true;
  }

  has(path: Path): boolean {
    let set: FieldSet | undefined = this;
    for (const [depth, element] of path.entries()) {
      if (set === undefined) return false;
      const node: Node | undefined = set.#nodes.get(element.text);
      if (depth === path.length - 1) return node?.isMember === true;
      set = node?.children;
    }
    return false;
  }

  hasMember(element: PathElement): boolean {
    return this.#nodes.get(element.text)?.isMember === true;
  }

  /** What is below the element; undefined where nothing is. */
  below(element: PathElement): FieldSet | undefined {
    return this.#nodes.get(element.text)?.children;
  }

  union(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const node of this.#nodes.values()) result.#nodes.set(node.element.text, { ...node });
    for (const { element, isMember, children } of other.#nodes.values()) {
      const node = result.#nodeOf(element);
      node.isMember ||= isMember;
      if (children !== undefined) node.children = node.children?.union(children) ?? children;
    }
    return result;
  }

  intersection(other: FieldSet): FieldSet {
    return this.#combine(other, (node, there) => [
      node.isMember && there?.isMember === true,
      there?.children === undefined ? undefined : node.children?.intersection(there.children),
    ]);
  }

  /** Without the members of the other; what is below them stays. */
  difference(other: FieldSet): FieldSet {
    return this.#combine(other, (node, there) => [
      node.isMember && there?.isMember !== true,
      there?.children === undefined ? node.children : node.children?.difference(there.children),
    ]);
  }

  /** Without the members of the other and all that is below them. */
  recursiveDifference(other: FieldSet): FieldSet {
    return this.#combine(other, (node, there) => {
      if (there?.isMember === true) return [false, undefined];
      const { isMember, children } = node;
      return [isMember, there?.children === undefined ? children : children?.recursiveDifference(there.children)];
    });
  }

  #combine(
    other: FieldSet,
    rule: (node: Node, there: Node | undefined) => readonly [boolean, FieldSet | undefined],
  ): FieldSet {
    const result = new FieldSet();
    for (const [text, node] of this.#nodes) {
      const [isMember, children] = rule(node, other.#nodes.get(text));
      result.add(node.element, isMember, children);
    }
    return result;
  }

  /** In no order. */
  level(): IterableIterator<Entry> {
    return this.#nodes.values();
  }

  /** In the order of the serialized form. */
  entries(): Entry[] {
    return [...this.#nodes.values()].sort((left, right) => compareElements(left.element, right.element));
  }

  /** All members: those of one level before those below. */
  paths(): Path[] {
    return this.#pathsFrom([]);
  }

  #pathsFrom(prefix: Path): Path[] {
    const entries = this.entries();
    const paths: Path[] = entries.filter(({ isMember }) => isMember).map(({ element }) => [...prefix, element]);
    for (const { element, children } of entries) {
      if (children !== undefined) paths.push(...children.#pathsFrom([...prefix, element]));
    }
    return paths;
  }
}

/** `fieldPath('metadata', 'labels')` */
export function fieldPath(...names: readonly string[]): Path {
  return names.map(fieldElement);
}

/** `.spec.containers[name="web"].image` */
export function pathTitle(path: Path): string {
  return path.map(titleOf).join('');
}
