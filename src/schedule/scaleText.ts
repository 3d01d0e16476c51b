/** A scale in words. */
import type { Scale } from './model.ts';

const FIELDS = [
  ['minScale', 'min-scale'],
  ['maxScale', 'max-scale'],
  ['target', 'target'],
] as const satisfies readonly (readonly [keyof Scale, string])[];

/** `min-scale 10, max-scale 20`; empty where it says nothing. */
export function scaleText(scale: Scale): string {
  const parts: string[] = [];
  for (const [field, name] of FIELDS) {
    const value = scale[field];
    if (value !== undefined) parts.push(`${name} ${value}`);
  }
  return parts.join(', ');
}
