import type { Tried } from "./measure.ts";

export interface FileFigure {
  readonly file: string;
  readonly mutants: number;
  /** With those that were out of time: a test that does not end does not pass. */
  readonly found: number;
  readonly outOfTime: number;
  readonly survived: number;
  readonly notReached: number;
  /** Per cent, rounded down to a tenth: 84.99 is not 85. */
  readonly score: number;
}

export function figureOf(file: string, tried: readonly Tried[]): FileFigure {
  const count = (outcome: Tried["outcome"]) =>
    tried.filter((one) => one.outcome === outcome).length;
  const outOfTime = count("out of time");
  const found = count("found") + outOfTime;
  return {
    file,
    mutants: tried.length,
    found,
    outOfTime,
    survived: count("survived"),
    notReached: count("not reached"),
    score: tried.length === 0 ? 100 : Math.floor((found * 1000) / tried.length) / 10,
  };
}

export const TABLE_HEAD = [
  "| file | mutants | found | of them out of time | survived | not reached | score |",
  "| --- | --- | --- | --- | --- | --- | --- |",
].join("\n");

export function tableRow(figure: FileFigure): string {
  const { file, mutants, found, outOfTime, survived, notReached, score } = figure;
  return `| ${[file, mutants, found, outOfTime, survived, notReached, `${score} %`].join(" | ")} |`;
}

/** «file:line:column mutator: original → replacement», each on one line. */
export function describeSurvivor({ mutant, outcome }: Tried): string {
  const { file, line, column, mutator, original, replacement } = mutant;
  const note = outcome === "not reached" ? " (not reached)" : "";
  return `${file}:${line}:${column} ${mutator}${note}: ${inline(original)} → ${inline(replacement)}`;
}

function inline(code: string): string {
  const text = code.replaceAll(/\s+/g, " ");
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
