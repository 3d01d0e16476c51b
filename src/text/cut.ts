/**
 * The text, or so many of its UTF-16 units with an ellipsis as the last. Never amid a character: half of one comes back
 * from an API server as another, and what was written would differ from what is there for ever.
 */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
