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

export function createServices(scope: Scope): Services {
  return {
    actor: scope.actor,
    company: createCompanyService(scope),
    clients: createClientService(scope),
    projects: createProjectService(scope),
    estimates: createEstimateService(scope),
    catalogue: createCatalogueService(scope),
    documents: createDocumentService(scope),
    photos: createPhotoService(scope),
    lists: createListService(scope),
    team: createTeamService(scope),
    agreement: createAgreementService(scope),
    sharing: createSharingService(scope),
    questions: createQuestionService(scope),
    deadLetters: createDeadLetterService(scope),
    extras: createExtraService(scope),
    acts: createActService(scope),
    payments: createPaymentService(scope),
    notifications: createNotificationService(scope),
    crm: createCrmService(scope, scope.crm ?? null),
    logins: createLoginService(scope),
    apiKeys: createApiKeyService(scope),
    repeating: createRepeatService(scope),
    search: createSearchService(scope),
    privacy: createPrivacyService(scope),
  };
}
