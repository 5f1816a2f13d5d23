/** For tests: computes the formulas of a sheet anew, knowing nothing of the program that wrote them. */
export function evaluateSheet(
  sheetXml: string,
  stringsXml: string,
): { computed: Map<string, number>; written: Map<string, string> } {
  const strings = [...stringsXml.matchAll(/<t[^>]*>([^<]*)<\/t>/g)].map(([, text = ""]) => text);
  const formulas = new Map<string, string>();
  const written = new Map<string, string>();
  const texts = new Map<string, string>();
  const cells = /<c r="([A-Z]+\d+)"([^>]*?)(?:\/>|>(?:<f>([^<]*)<\/f>)?(?:<v>([^<]*)<\/v>)?<\/c>)/g;
  for (const [, address = "", attributes = "", formula, value] of sheetXml.matchAll(cells)) {
    if (value === undefined) continue;
    if (attributes.includes('t="s"')) texts.set(address, strings[Number(value)] ?? "");
    else written.set(address, value);
    if (formula !== undefined) formulas.set(address, formula.replaceAll("&quot;", '"'));
  }

  const computed = new Map<string, number>();
  const valueOf = (address: string): number => {
    const known = computed.get(address);
    if (known !== undefined) return known;
    const formula = formulas.get(address);
    if (formula === undefined) return Number(written.get(address) ?? 0);
    const value = evaluate(formula, valueOf, (cell) => texts.get(cell));
    computed.set(address, value);
    return value;
  };
  for (const address of formulas.keys()) valueOf(address);
  return { computed, written };
}

/** Innermost calls first, until only + - * / are left. */
function evaluate(
  formula: string,
  valueOf: (address: string) => number,
  textOf: (address: string) => string | undefined,
): number {
  const range = (from: string, to: string): string[] => {
    const column = from.replace(/\d/g, "");
    const [first, last] = [from, to].map((address) => Number(address.replace(/\D/g, "")));
    return Array.from(
      { length: (last ?? 0) - (first ?? 0) + 1 },
      (_, index) => `${column}${(first ?? 0) + index}`,
    );
  };
  let rest = formula
    .replace(
      /SUMIF\((\w+):(\w+),"([^"]*)",(\w+):(\w+)\)/g,
      (_, kindFrom: string, kindTo: string, kind: string, from: string, to: string) => {
        const kinds = range(kindFrom, kindTo);
        const amounts = range(from, to).filter((__, index) => textOf(kinds[index] ?? "") === kind);
        return plain(amounts.reduce((sum, address) => sum + valueOf(address), 0));
      },
    )
    .replace(/SUM\((\w+):(\w+)\)/g, (_, from: string, to: string) =>
      plain(range(from, to).reduce((sum, address) => sum + valueOf(address), 0)),
    )
    .replace(/\b[A-Z]+\d+\b/g, (address) => plain(valueOf(address)));
  for (let before = ""; before !== rest;) {
    before = rest;
    rest = rest
      .replace(/ROUND\(([^(),]+),2\)/g, (_, inner: string) =>
        plain(roundHalfAway(arithmetic(inner))),
      )
      .replace(/MIN\(([^(),]+),([^(),]+)\)/g, (_, a: string, b: string) =>
        plain(Math.min(arithmetic(a), arithmetic(b))),
      )
      .replace(
        /(^|[-+*/(])\(([^()]+)\)/g,
        (_, sign: string, inner: string) => sign + plain(arithmetic(inner)),
      );
  }
  return arithmetic(rest);
}

function plain(value: number): string {
  return value.toFixed(10);
}

/** Sums of products, without brackets. */
function arithmetic(text: string): number {
  const tokens = text.replace(/--/g, "+").match(/\d+(?:\.\d+)?|[-+*/]/g) ?? [];
  let sum = 0;
  let product: number | null = null;
  let sign = 1;
  let operator = "*";
  for (const token of tokens) {
    if (token === "+" || token === "-") {
      if (product !== null) {
        sum += sign * product;
        sign = 1;
      }
      if (token === "-") sign = -sign;
      product = null;
      operator = "*";
    } else if (token === "*" || token === "/") {
      operator = token;
    } else {
      const value = Number(token);
      if (product === null) product = value;
      else product = operator === "*" ? product * value : product / value;
    }
  }
  return sum + sign * (product ?? 0);
}

/** As spreadsheets do: by the decimal digits that they show, halves away from zero. */
function roundHalfAway(value: number): number {
  const hundredfold = Number((Math.abs(value) * 100).toPrecision(15));
  const rounded = Math.round(hundredfold) / 100;
  return value < 0 ? -rounded : rounded;
}
