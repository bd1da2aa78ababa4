import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { FUNCTION_NAMES, type FunctionName } from '../../functions/config-names.ts'
import { ArgosyStack } from '../../infra/stacks/argosy-stack.ts'

/** This folder stands for every asset: the template does not depend on what is in it. */
const ASSET = import.meta.dirname
export const ENGINES_BYTES = 72_000_000

/** The template as it would be deployed, without bundling anything. */
export function synthesize(): Template {
  const functions = Object.fromEntries(FUNCTION_NAMES.map((name) => [name, ASSET])) as Record<
    FunctionName,
    string
  >
  const assets = { functions, engines: { folder: ASSET, sizeBytes: ENGINES_BYTES } }
  return Template.fromStack(new ArgosyStack(new App(), 'Argosy', { assets }))
}

export interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly DeletionPolicy?: string
  readonly UpdateReplacePolicy?: string
}

export const resourcesOf = (template: Template, type: string): Readonly<Record<string, Resource>> =>
  template.findResources(type) as Readonly<Record<string, Resource>>
