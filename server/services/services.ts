import type { Services } from "../../domain/services.ts";
import { createActService } from "./acts.ts";
import { createApiKeyService } from "./api_keys.ts";
import { createAgreementService } from "./agreement.ts";
import { createCatalogueService } from "./catalogue.ts";
import { createClientService } from "./clients.ts";
import { createCompanyService } from "./company.ts";
import { createCrmService } from "./crm.ts";
import { createDeadLetterService } from "./dead_letters.ts";
import { createDocumentService } from "./documents.ts";
import { createEstimateService } from "./estimates.ts";
import { createExtraService } from "./extras.ts";
import { createListService } from "./lists.ts";
import { createPhotoService } from "./photos.ts";
import { createLoginService } from "./logins.ts";
import { createPaymentService } from "./payments.ts";
import { createNotificationService } from "./notifications.ts";
import { createPrivacyService } from "./privacy.ts";
import { createProjectService } from "./projects.ts";
import { createQuestionService } from "./questions.ts";
import { createRepeatService } from "./repeating.ts";
import type { Scope } from "./scope.ts";
import { createSearchService } from "./search.ts";
import { createSharingService } from "./sharing.ts";
import { createTeamService } from "./team.ts";

type ServiceName = Exclude<keyof Services, "actor">;

const MAKERS: { readonly [Name in ServiceName]: (scope: Scope) => Services[Name] } = {
  company: createCompanyService,
  clients: createClientService,
  projects: createProjectService,
  estimates: createEstimateService,
  catalogue: createCatalogueService,
  documents: createDocumentService,
  photos: createPhotoService,
  lists: createListService,
  team: createTeamService,
  agreement: createAgreementService,
  sharing: createSharingService,
  questions: createQuestionService,
  deadLetters: createDeadLetterService,
  extras: createExtraService,
  acts: createActService,
  payments: createPaymentService,
  notifications: createNotificationService,
  crm: (scope) => createCrmService(scope, scope.crm ?? null),
  logins: createLoginService,
  apiKeys: createApiKeyService,
  repeating: createRepeatService,
  search: createSearchService,
  privacy: createPrivacyService,
};

export const SERVICE_NAMES = Object.keys(MAKERS) as readonly ServiceName[];

/** Makes each service when it is first asked for: most work needs two or three of them. */
export function createServices(scope: Scope): Services {
  return new LazyServices(scope) as unknown as Services;
}

class LazyServices {
  readonly actor: Scope["actor"];
  readonly scope: Scope;
  readonly made: Record<string, unknown> = {};

  constructor(scope: Scope) {
    this.actor = scope.actor;
    this.scope = scope;
  }
}

for (const name of SERVICE_NAMES) {
  Object.defineProperty(LazyServices.prototype, name, {
    get(this: LazyServices) {
      return (this.made[name] ??= MAKERS[name](this.scope));
    },
  });
}
