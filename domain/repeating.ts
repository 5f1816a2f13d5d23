/** An answer of the API that a repeated request gets again. */
export interface StoredAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
}

/** `new`: do the work, in this transaction. `different`: the key was used for another request. */
export type Repetition =
  | { readonly kind: "new" }
  | { readonly kind: "same"; readonly answer: StoredAnswer }
  | { readonly kind: "different" };

/** Requests that carry a key of their own happen once, however often they are sent. */
export interface RepeatService {
  /** Of two at once under one key the second one waits. @param digest of the whole request */
  begin(key: string, digest: Uint8Array): Promise<Repetition>;
  /** What a repetition gets; kept for 24 hours. */
  keep(key: string, answer: StoredAnswer): Promise<void>;
}
