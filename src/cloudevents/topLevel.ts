/**
 * The text of one member of a JSON object, as it is written: parsed and written again, a large number would lose its
 * last digits, and white space its place.
 *
 * @param json an object that JSON.parse takes
 * @param name of several members the last counts, as it does for JSON.parse
 */
export function memberText(json: string, name: string): string | undefined {
  let found: string | undefined;
  let at = skipSpace(json, json.indexOf('{') + 1);
  while (json.charAt(at) === '"') {
    const key = skipString(json, at);
    const isIt = JSON.parse(json.slice(at, key)) === name;
    const begin = skipSpace(json, skipSpace(json, key) + 1); // behind the colon
    const end = skipValue(json, begin);
    if (isIt) found = json.slice(begin, end);
    at = skipSpace(json, end);
    if (json.charAt(at) === ',') at = skipSpace(json, at + 1);
  }
  return found;
}

/**
 * The texts of the elements of a JSON array, as they are written.
 *
 * @param json an array that JSON.parse takes
 */
export function elementTexts(json: string): string[] {
  const texts: string[] = [];
  let at = skipSpace(json, json.indexOf('[') + 1);
  while (at < json.length && json.charAt(at) !== ']') {
    const end = skipValue(json, at);
    texts.push(json.slice(at, end));
    at = skipSpace(json, end);
    if (json.charAt(at) === ',') at = skipSpace(json, at + 1);
  }
  return texts;
}

function skipSpace(json: string, from: number): number {
  let at = from;
  while (at < json.length && ' \t\n\r'.includes(json.charAt(at))) at++;
  return at;
}

/** @returns where the string that begins here has ended */
function skipString(json: string, from: number): number {
  for (let at = from + 1; at < json.length; at++) {
    const character = json.charAt(at);
    if (character === '\\') at++;
    else if (character === '"') return at + 1;
  }
  return json.length;
}

function skipValue(json: string, from: number): number {
  const first = json.charAt(from);
  if (first === '"') return skipString(json, from);
  if (first === '{' || first === '[') return skipNested(json, from);
  let at = from;
  while (at < json.length && !',}] \t\n\r'.includes(json.charAt(at))) at++;
  return at;
}

function skipNested(json: string, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length; at++) {
    const character = json.charAt(at);
    if (character === '"') at = skipString(json, at) - 1;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return json.length;
}
