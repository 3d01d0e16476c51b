/** Text from manifests and file names on its way to a terminal or a line of a log. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * The text on one line: a manifest's control characters must neither move the cursor nor colour the terminal, and its
 * direction marks must not turn the sentence around. They are shown as `\u001b`.
 */
export function oneLine(text: string): string {
  return text.replace(CONTROL, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\t') return ' ';
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
