/** A page of a list. `next` is null on the last page; pass it back to go on. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface ListRequest {
  readonly cursor?: string | null | undefined;
  /** 1 to 100; 20 by default. */
  readonly limit?: number | undefined;
}

/** Of a list that can be searched. */
export interface PageRequest extends ListRequest {
  /** A word or several: number, address, name, phone. */
  readonly search?: string | undefined;
}
