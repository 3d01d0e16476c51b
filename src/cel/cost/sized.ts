/** How large values of a type can be, which its schema says. */
export interface Sized {
  /** Characters of a text, bytes, items of a list, members of a map; 0 of what has no size. */
  readonly most: bigint;
  /** Of a list what is in it, of a map its values. */
  readonly item?: Sized | undefined;
  readonly key?: Sized | undefined;
  field?(name: string): Sized | undefined;
}

/** What stands at the path of a variable of that size; undefined where nothing does. */
export function sizedAt(root: Sized, steps: readonly string[]): Sized | undefined {
  let sized: Sized | undefined = root;
  for (const step of steps.slice(1)) {
    if (step === '@items' || step === '@values') sized = sized.item;
    else if (step === '@keys') sized = sized.key;
    else sized = sized.field?.(step);
    if (sized === undefined) return undefined;
  }
  return sized;
}
