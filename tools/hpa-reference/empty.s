// Lets main.go declare functions without a body: what they are stands in Kubernetes own package.
