/** What Knative's own validation would answer about one field (knative/pkg apis/field_error.go, made flat). */
export interface FieldError {
  /** JSON pointer into the object that was validated. */
  readonly path: string;
  /** Knative's sentence, such as `expected 0 <= 101 <= 100`, without the path behind the colon. */
  readonly message: string;
  /** Knative's details, where it gives some. */
  readonly details?: string;
}
