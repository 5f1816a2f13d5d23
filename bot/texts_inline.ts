export const INLINE = { open: "Открыть Смётку", card: "Открыть в Смётке" } as const;
