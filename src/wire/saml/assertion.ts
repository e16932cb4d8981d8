/** @module What an assertion says, as plain data (saml-core §2.3.3). Nothing is decided here. Instants are milliseconds since the epoch. */

export interface ReadNameId {
  /** Whole and as it stands: comments are joined over, and no space is trimmed. */
  readonly value: string;
  readonly format?: string;
  readonly nameQualifier?: string;
  readonly spNameQualifier?: string;
}

export interface SubjectConfirmation {
  readonly method: string;
  /** True when it names an entity of its own that has to confirm the subject: a delegation (saml-core §2.4.1.1). */
  readonly namesAnother: boolean;
  /** Absent: no SubjectConfirmationData. */
  readonly data?: {
    readonly notBefore?: number;
    readonly notOnOrAfter?: number;
    readonly recipient?: string;
    readonly inResponseTo?: string;
  };
}

export interface Conditions {
  readonly notBefore?: number;
  readonly notOnOrAfter?: number;
  /** Every one of them must hold, each by one of its audiences (saml-core §2.5.1.4). */
  readonly audienceRestrictions: readonly (readonly string[])[];
  readonly oneTimeUse: boolean;
  /** Local names of conditions that nobody here can judge. */
  readonly unknown: readonly string[];
}

export interface AuthnStatement {
  readonly authnInstant: number;
  readonly sessionIndex?: string;
  readonly sessionNotOnOrAfter?: number;
  readonly classRef?: string;
}

export interface ReadAttribute {
  readonly name: string;
  readonly nameFormat?: string;
  readonly friendlyName?: string;
  /** Text, as it stands. Values of another shape than text or a NameID are left out. */
  readonly values: readonly string[];
}

export interface Assertion {
  readonly id: string;
  readonly issueInstant: number;
  readonly issuer: string;
  /** Absent when the subject is given by its confirmation alone. */
  readonly nameId?: ReadNameId;
  readonly confirmations: readonly SubjectConfirmation[];
  readonly conditions?: Conditions;
  readonly authnStatements: readonly AuthnStatement[];
  /** In document order; one name may come several times, as PicketLink writes roles (jboss-facts §11.3). */
  readonly attributes: readonly ReadAttribute[];
}
