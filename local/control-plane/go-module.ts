import { copyFile, chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runGo } from './run-go.ts'
import { KUBERNETES_VERSION, STAGING_VERSION } from './versions.ts'

/**
 * Writes a Go module that builds Kubernetes from the module proxy. `k8s.io/kubernetes` takes its
 * libraries from folders of its own repository; published modules do not have those, so each is
 * pointed at the same library's published version.
 */
export async function writeGoModule(dir: string): Promise<void> {
  await mkdir(join(dir, 'etcd'), { recursive: true })
  await writeFile(join(dir, 'etcd', 'main.go'), ETCD_MAIN)
  const source = await downloadKubernetes(dir)
  const original = await readFile(join(source, 'go.mod'), 'utf8')
  await writeFile(join(dir, 'go.mod'), rewriteGoMod(original))
  await copyFile(join(source, 'go.sum'), join(dir, 'go.sum'))
  await chmod(join(dir, 'go.sum'), 0o644)
  await runGo(['mod', 'edit', `-require=k8s.io/kubernetes@${KUBERNETES_VERSION}`], { cwd: dir })
}

async function downloadKubernetes(cwd: string): Promise<string> {
  const module = `k8s.io/kubernetes@${KUBERNETES_VERSION}`
  const answer = await runGo(['mod', 'download', '-json', module], { cwd })
  return (JSON.parse(answer) as { readonly Dir: string }).Dir
}

/** The `go.mod` of Kubernetes with another name, and published libraries instead of folders. */
export const rewriteGoMod = (text: string): string =>
  text
    .replace(/^module .*$/m, 'module argosy.local/kubernetes')
    .replace(/=> \.\/staging\/src\/(k8s\.io\/[a-z0-9-]+)/g, `=> $1 ${STAGING_VERSION}`)

/** etcd as a library, so that it comes from the module that Kubernetes itself is tested with. */
const ETCD_MAIN = `package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
`
