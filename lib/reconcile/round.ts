import type { DocumentContents } from '../state/documents.ts'

/** The side documents that a round works on, as far as they exist. */
export type RoundDocuments = { readonly [P in keyof DocumentContents]?: DocumentContents[P] }

export const ROUND_DOCUMENTS = ['resources', 'inventory', 'operation', 'history'] as const
