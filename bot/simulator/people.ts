import type { PersonOptions } from "./person.ts";

/** Who is there when nobody else was named: the three sides of an estimate. */
export const demoPeople = {
  foreman: {
    id: 700_000_001,
    firstName: "Алексей",
    lastName: "Смирнов",
    username: "alexey_prorab",
    phone: "79161234501",
    role: "прораб",
  },
  manager: {
    id: 700_000_002,
    firstName: "Марина",
    lastName: "Орлова",
    username: "marina_orlova",
    phone: "79161234502",
    role: "руководитель",
  },
  client: {
    id: 700_000_003,
    firstName: "Иван",
    lastName: "Петров",
    phone: "79161234503",
    role: "заказчик",
  },
} as const satisfies Record<string, PersonOptions>;
