/**
 * Every `*` that a policy of ours allows, with its reason. A test refuses any other, and any
 * entry here that no policy needs. Denials may be as wide as they like.
 */
export const WILDCARDS = [
  {
    where: 'AWS::KMS::Key',
    text: '*',
    reason: 'in a key policy, "*" is the key itself; there is no other way to write it',
  },
  {
    where: 'AWS::KMS::Key',
    text: 'kms:*',
    reason:
      'the account must be able to manage its key, or it is lost; the account’s own policies decide who may',
  },
  {
    where: 'AWS::IAM::Policy',
    text: 'blob objects',
    reason: 'a blob is named by tenant and digest, so the objects cannot be listed beforehand',
  },
] as const
