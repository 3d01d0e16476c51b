/** How an object of a kind may be called: `ValidateObjectMeta(…, nameFn, …)` of pkg/apis/<group>/validation. */
import {
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  pathSegmentErrors,
  pathSegmentPrefixErrors,
} from '../../../kubernetes/names.ts';

/** What is wrong with a name, or with the start of one that the server completes. */
export type NameRule = (name: string, isPrefix: boolean) => readonly string[];

export const subdomainName: NameRule = (name, isPrefix) => dns1123SubdomainErrors(isPrefix ? withoutDash(name) : name);
export const labelName: NameRule = (name, isPrefix) => dns1123LabelErrors(isPrefix ? withoutDash(name) : name);
export const label1035Name: NameRule = (name, isPrefix) => dns1035LabelErrors(isPrefix ? withoutDash(name) : name);
export const pathSegmentName: NameRule = (name, isPrefix) =>
  isPrefix ? pathSegmentPrefixErrors(name) : pathSegmentErrors(name);

/** A dash at the end is fine where something follows (maskTrailingDash). */
function withoutDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}
