import { actsFeature } from "./features/acts.ts";
import { answeringFeature } from "./features/answering.ts";
import { apiKeysFeature } from "./features/api_keys.ts";
import { catalogueFeature } from "./features/catalogue.ts";
import { clientsFeature } from "./features/clients.ts";
import { companyFeature } from "./features/company.ts";
import { companyVatFeature } from "./features/company_vat.ts";
import { contactsFeature } from "./features/contacts.ts";
import { crmFeature } from "./features/crm.ts";
import { crmConnectingFeature } from "./features/crm_connecting.ts";
import { crmStagesFeature } from "./features/crm_stages.ts";
import { decidingFeature } from "./features/deciding.ts";
import { estimateCardFeature } from "./features/estimate_card.ts";
import { estimateClientFeature } from "./features/estimate_client.ts";
import { estimateDiscountFeature } from "./features/estimate_discount.ts";
import { estimateDocumentsFeature } from "./features/estimate_documents.ts";
import { estimateVatFeature } from "./features/estimate_vat.ts";
import { estimatesFeature } from "./features/estimates.ts";
import { extrasFeature } from "./features/extras.ts";
import { helpFeature } from "./features/help.ts";
import { invitationsFeature } from "./features/invitations.ts";
import { jobsFeature } from "./features/jobs.ts";
import { listsFeature } from "./features/lists.ts";
import { managerPageFeature } from "./features/manager_page.ts";
import { newEstimateFeature } from "./features/new_estimate.ts";
import { notificationsFeature } from "./features/notifications.ts";
import { privacyFeature } from "./features/privacy.ts";
import { paymentsFeature } from "./features/payments.ts";
import { projectsFeature } from "./features/projects.ts";
import { searchFeature } from "./features/search.ts";
import { settingsFeature } from "./features/settings.ts";
import { sharingFeature } from "./features/sharing.ts";
import { startFeature } from "./features/start.ts";
import { submittingFeature } from "./features/submitting.ts";
import { tablesFeature } from "./features/tables.ts";
import { teamFeature } from "./features/team.ts";
import type { Feature } from "./routes.ts";

/** Everything that the chat can do. */
export const features: readonly Feature[] = [
  startFeature,
  helpFeature,
  newEstimateFeature,
  listsFeature,
  tablesFeature,
  estimatesFeature,
  searchFeature,
  estimateCardFeature,
  estimateDiscountFeature,
  estimateVatFeature,
  estimateClientFeature,
  estimateDocumentsFeature,
  submittingFeature,
  decidingFeature,
  sharingFeature,
  answeringFeature,
  extrasFeature,
  actsFeature,
  paymentsFeature,
  clientsFeature,
  contactsFeature,
  projectsFeature,
  catalogueFeature,
  settingsFeature,
  companyFeature,
  companyVatFeature,
  managerPageFeature,
  apiKeysFeature,
  privacyFeature,
  teamFeature,
  invitationsFeature,
  jobsFeature,
  notificationsFeature,
  crmFeature,
  crmConnectingFeature,
  crmStagesFeature,
];
