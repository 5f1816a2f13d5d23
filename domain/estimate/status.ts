/** Where an estimate stands. Removal is not a status: a removed estimate keeps its status and number. */
export const ESTIMATE_STATUSES = [
  "draft",
  "submitted",
  "approved",
  "returned",
  "archived",
] as const;
export type EstimateStatus = (typeof ESTIMATE_STATUSES)[number];

export const STATUS_MARKS: Readonly<Record<EstimateStatus, string>> = {
  draft: "📝",
  submitted: "📤",
  approved: "✅",
  returned: "↩️",
  archived: "🗄",
};

export const STATUS_NAMES: Readonly<Record<EstimateStatus, string>> = {
  draft: "черновик",
  submitted: "на согласовании",
  approved: "утверждена",
  returned: "на доработке",
  archived: "архив",
};

/** Only these may be edited; everything else is a frozen revision (ГК РФ, ст. 709 п. 3). */
export function isEditable(status: EstimateStatus): boolean {
  return status === "draft" || status === "returned";
}

export const STATUS_STEPS = {
  submit: { from: ["draft", "returned"], to: "submitted" },
  withdraw: { from: ["submitted"], to: "draft" },
  approve: { from: ["submitted"], to: "approved" },
  return: { from: ["submitted"], to: "returned" },
  revise: { from: ["submitted", "approved"], to: "draft" },
  archive: { from: ["draft", "returned", "approved"], to: "archived" },
} as const satisfies Record<string, { from: readonly EstimateStatus[]; to: EstimateStatus }>;

export type StatusStep = keyof typeof STATUS_STEPS;

/** The status after a step; null when the step is not allowed from here. */
export function statusAfter(status: EstimateStatus, step: StatusStep): EstimateStatus | null {
  const { from, to } = STATUS_STEPS[step];
  return (from as readonly EstimateStatus[]).includes(status) ? to : null;
}
