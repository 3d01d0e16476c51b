/** In the place of what was left out, as Go's net/url writes it. */
const LEFT_OUT = 'xxxxx';
/** What stands between the slashes and the last `@` of the authority. */
const USER_INFO = /(\/\/)[^/?#\s]*@/g;

/** A URL, or a sentence that holds some, without the `user:password@` of each: what is shown, kept or sent on. */
export function withoutCredentials(text: string): string {
  // most have none: it is asked for each attempt to deliver an event
  if (!text.includes('@')) return text;
  const url = /\s/.test(text) ? null : URL.parse(text);
  if (url === null || (url.username === '' && url.password === '')) return text.replace(USER_INFO, `$1${LEFT_OUT}@`);
  url.username = LEFT_OUT;
  url.password = '';
  return url.href;
}
