import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeServerCertificate, VALID_DAYS } from './certificate.ts'

const DAY_MS = 86_400_000

test('the certificate is for this machine alone, and its authority signs nothing but it', () => {
  const now = Date.parse('2026-05-06T00:00:00Z')
  const made = makeServerCertificate(now)
  const ca = new X509Certificate(made.ca)
  const certificate = new X509Certificate(made.certificate)
  expect({
    authority: [ca.ca, certificate.ca],
    signed: [certificate.verify(ca.publicKey), certificate.checkIssued(ca)],
    hosts: ['localhost', 'example.com'].map((host) => certificate.checkHost(host)),
    addresses: ['127.0.0.1', '10.0.0.1'].map((address) => certificate.checkIP(address)),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    usage: certificate.keyUsage,
  }).toEqual({
    authority: [true, false],
    signed: [true, true],
    hosts: ['localhost', undefined],
    addresses: ['127.0.0.1', undefined],
    validFrom: now - DAY_MS,
    validTo: now + VALID_DAYS * DAY_MS,
    usage: ['1.3.6.1.5.5.7.3.1'],
  })
})

test('years from 2050 on are written with four digits', () => {
  const { certificate } = makeServerCertificate(Date.parse('2049-06-01T00:00:00Z'))
  expect(new X509Certificate(certificate).validTo).toContain('2059')
})
