/** Headers by their names in lower case, each with all that was sent under it: Node's `request.headersDistinct`. */
export type DistinctHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** The first of a name, as Go's http.Header.Get gives it; empty where there is none. */
export function firstOf(headers: DistinctHeaders, name: string): string {
  return headers[name]?.[0] ?? '';
}
