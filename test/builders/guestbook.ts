/** The guestbook as files of a repository: one Deployment, one Service. */
export const guestbook = (
  options: { readonly replicas?: number; readonly image?: string } = {},
): Readonly<Record<string, string>> => {
  const { replicas = 1, image = 'registry.local/guestbook-ui:v5' } = options
  return {
    'guestbook/guestbook-ui.yaml': `apiVersion: v1
kind: Service
metadata:
  name: guestbook-ui
spec:
  ports:
  - port: 80
    targetPort: 80
  selector:
    app: guestbook-ui
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: guestbook-ui
spec:
  replicas: ${replicas}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      app: guestbook-ui
  template:
    metadata:
      labels:
        app: guestbook-ui
    spec:
      containers:
      - image: ${image}
        name: guestbook-ui
        ports:
        - containerPort: 80
`,
  }
}
