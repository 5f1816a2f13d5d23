/**
 * The same function, which remembers what it said of the last texts: a list asks the same again and again.
 * @param most texts; when there are more it begins anew. Its results must not change.
 */
export function remembering<Result>(
  most: number,
  read: (text: string) => Result,
): (text: string) => Result {
  const known = new Map<string, { readonly result: Result }>();
  return (text) => {
    const before = known.get(text);
    if (before) return before.result;
    const result = read(text);
    if (known.size === most) known.clear();
    known.set(text, { result });
    return result;
  };
}
