import { type Kopecks, kopecks, multiply, ZERO } from "../money.ts";
import { formatMoneyRu } from "../numbers_ru.ts";
import type { Row } from "./text.ts";
import type { ParsedLine, StatedTotal } from "./types.ts";

/** Running sums of lines; those without a price add nothing. */
export interface Sums {
  works: Kopecks;
  materials: Kopecks;
}

export function emptySums(): Sums {
  return { works: ZERO, materials: ZERO };
}

export function addLine(sums: Sums, { kind, price, quantity }: ParsedLine): void {
  const amount = multiply(price ?? ZERO, quantity);
  if (kind === "work") sums.works = kopecks(sums.works + amount);
  else sums.materials = kopecks(sums.materials + amount);
}

export function totalOf({ works, materials }: Sums): Kopecks {
  return kopecks(works + materials);
}

interface Stated {
  readonly scope: StatedTotal["scope"] | null;
  readonly stated: Kopecks;
}

/**
 * Finds the lines that «Итого» sums up. Words tell («по разделу», «работы»); without them whatever
 * agrees, and if nothing does: the section while positions follow, all lines at the end.
 */
export function compareTotal(
  row: Row,
  { scope, stated }: Stated,
  sums: { readonly section: Sums; readonly all: Sums },
  isLast: boolean,
): StatedTotal {
  const all = { scope: "all", computed: totalOf(sums.all) } as const;
  const section = { scope: "section", computed: totalOf(sums.section) } as const;
  const usual = isLast ? all : section;
  const candidates: readonly Pick<StatedTotal, "scope" | "computed">[] = [
    usual,
    isLast ? section : all,
    { scope: "works", computed: sums.all.works },
    { scope: "works", computed: sums.section.works },
    { scope: "materials", computed: sums.all.materials },
    { scope: "materials", computed: sums.section.materials },
  ];
  const scopes = scope === null ? ["all", "section"] : [scope];
  const eligible = candidates.filter((candidate) => scopes.includes(candidate.scope));
  const agreeing = eligible.find(({ computed }) => computed === stated);
  const { scope: found, computed } = agreeing ?? eligible[0] ?? usual;

  const { lineNumber, source } = row;
  const shown = `В тексте ${formatMoneyRu(stated)}, а по строкам ${formatMoneyRu(computed)}`;
  const warning = computed === stated ? null : shown;
  return { lineNumber, text: source, scope: found, computed, stated, warning };
}
