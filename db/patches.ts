/** Some of the fields; what is absent or undefined stays as it is. */
export type Patch<Fields> = { readonly [Key in keyof Fields]?: Fields[Key] | undefined };
