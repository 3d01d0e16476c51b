// Lets scale.go declare functions without a body: what they are stands in Knative's own package.
