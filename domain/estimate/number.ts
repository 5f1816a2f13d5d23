/**
 * «СМ-2026-0001»: per company and year, without gaps; more than 9 999 simply gets longer. Extra work
 * bears the number of its estimate and its own behind it: «СМ-2026-0001/Д2».
 */
export function formatEstimateNumber(
  year: number,
  sequence: number,
  extraSequence: number | null = null,
): string {
  const number = `СМ-${year}-${String(sequence).padStart(4, "0")}`;
  return extraSequence === null ? number : `${number}/Д${extraSequence}`;
}

/** The number in the name of a file: a stroke would be a folder. */
export function numberInFileName(number: string): string {
  return number.replaceAll("/", "-");
}
