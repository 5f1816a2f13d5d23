/** «СМ-2026-0001»: per company and year, without gaps; more than 9 999 simply gets longer. */
export function formatEstimateNumber(year: number, sequence: number): string {
  return `СМ-${year}-${String(sequence).padStart(4, "0")}`;
}
