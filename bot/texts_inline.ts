export const INLINE = { open: "Открыть Смётку" } as const;
