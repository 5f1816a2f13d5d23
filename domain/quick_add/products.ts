import { hasMark, type Placed, type Tokens } from "./tokens.ts";

/** The sides of «3 х 4 м2» or «2 х 3 х 0,2 м3»; unclear where the unit is no product. */
export function readProduct(
  tokens: Tokens,
  before: readonly Placed[],
  quantity: Placed,
): Placed | "unclear" | null {
  const side = before.at(-1);
  if (side === undefined || quantity.number.expression !== null) return null;
  const label = side.number.unit?.label ?? "м";
  const isSide = label === "м" || label === quantity.number.unit?.label;
  if (!isSide || side.number.isMoney || side.at !== quantity.at - 2) return null;
  if (!hasMark(tokens, side.at, quantity.at, "times")) return null;
  const unit = quantity.number.unit?.label;
  if (unit !== "м²" && unit !== "м³") return "unclear";
  const { number } = quantity;
  const decimal = {
    units: side.number.decimal.units * number.decimal.units,
    scale: side.number.decimal.scale + number.decimal.scale,
  };
  const expression = `${side.number.digits} × ${number.digits}`;
  const product = { at: side.at, number: { ...number, decimal, expression } };
  const isWhole =
    before.at(-2)?.at === side.at - 2 && hasMark(tokens, side.at - 2, side.at, "times");
  return isWhole ? "unclear" : product;
}
