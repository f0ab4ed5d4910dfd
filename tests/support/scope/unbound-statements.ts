const publicSlug = "by the address itself: whose it is cannot be asked, and the policies let go of one's own or of one that ran out";
const delivery = "`mail-delivery` of the register: by the mail's id, which the claim of that path has given";
const capability = "by the hash of a capability, which it enters for: whose it is, is what is asked";
const person = "enters for the person whose rows it asks for, in whichever tenants they are";

/** Statements that name no tenant for a table's rows, by file and function, and why. Everything else is refused. */
export const unboundStatements: Record<string, string> = {
  "db/src/control/commands/request-command.ts findCommand":
    "by an idempotency key, of what its transaction may see: one caller asks before it knows the tenant",
  "db/src/control/invitations/accept-invitation.ts findInvitation": capability,
  "db/src/control/members/list-members.ts listWorkspaces": person,
  "db/src/control/members/list-members.ts findMembership": person,
  "db/src/control/offboarding/certificates/find-certificate.ts findCertificateById":
    "by the certificate's id, which is the capability that it enters for",
  "db/src/control/onboarding/read-sign-up.ts readSignUp": capability,
  "db/src/control/onboarding/read-sign-up.ts findSignUp": capability,
  "db/src/control/onboarding/read-sign-up.ts listSignUpsOf": person,
  "db/src/application/documents/list-visible-owners.ts listVisibleOwners":
    "asks what row-level security alone shows: the canary's tenant must not be there",
  "db/src/control/mail/settle-mail.ts markMailSent": delivery,
  "db/src/control/mail/settle-mail.ts postponeMail": delivery,
  "db/src/control/mail/settle-mail.ts endMail": delivery,
  "db/src/control/offboarding/erasure/account-erasures.ts belongsSomewhere": person,
  "db/src/control/onboarding/decide-approval.ts rejectOnboarding": publicSlug,
  "db/src/control/onboarding/end-rollback.ts endRollback": publicSlug,
  "db/src/control/onboarding/expire-sign-up.ts expireSignUp": publicSlug,
  "db/src/control/onboarding/request-onboarding.ts requestOnboarding": publicSlug,
  "db/src/control/onboarding/reserve-sign-up.ts reserveSlug": publicSlug,
  "db/src/control/onboarding/take-slug.ts takeSlug": publicSlug,
  "db/src/control/onboarding/request-onboarding-by-operator.ts findEarlier":
    "by the operation of a command of the same key, to find which tenant it is",
  "db/src/control/offboarding/end-memberships.ts countLastAccounts": "the auditor, which counts people of one tenant who are in no other",
  "db/src/keyring/epochs/move-keys.ts listLeftKeys": "`key-epochs` of the register: an epoch turns for everybody who is under it",
  "db/src/keyring/epochs/move-keys.ts moveKeys": "`key-epochs` of the register: each row by the tenant that it was read with",
};
